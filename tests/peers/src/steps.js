// The story that is measured on the wire: a device pushes, another pulls, the first edits, and asks when there is nothing new.
import { SLOW, bytes, DOWN, UP, replay, roundTrips } from "./exchange.js";
import { Link } from "./link.js";
import { hosted } from "./process.js";
import { records } from "./records.js";

/** The figures, in order: what they are called. */
export const STEPS = [
  "push 1 new", "push 20 new", "push 100 new", "push 1,000 new", "second device, first pull of 1,000", "1 edit", "10 edits", "200 edits",
  "nothing new", "1 edit, connection open",
];

/** Which records are pushed: those of Cairn's own benchmark. */
const PUSHED = { 1: 0, 20: 100, 100: 1_000, 1_000: 10_000 };

/** An exchange is over when both sides have everything and nothing was on the link for so long. */
const SILENT_MS = 1_500;
/** What takes longer is given up, and said to have been. */
const GIVEN_UP_MS = Number(process.env.PEERS_GIVE_UP_S ?? 240) * 1_000;

/** Far away, but as wide as one likes; a peer that goes to and fro a thousand times is recorded over a shorter way. */
const far = (peer) => ({ rtt_ms: peer.recorded_rtt_ms ?? SLOW.rtt_ms, bytes_per_s: Infinity });
const NEAR = { rtt_ms: 0, bytes_per_s: Infinity };

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export const start = (peer) => (peer.start ? peer.start() : hosted(peer));

const holds = (patients, expected) => [...expected].every(([name, said]) => patients.get(name) === said);

/** One peer's server with one device, on one link; the slow link is real wherever `shaped` allows it. */
class Story {
  constructor(peer, shaped) {
    Object.assign(this, { peer, shaped, figures: new Map() });
  }

  async open() {
    this.server = await start(this.peer);
    this.link = await new Link(this.server.port).open();
    this.expected = new Map();
    this.device = await this.peer.device(this.link.port, this.server);
    if (!this.peer.unmet) await this.meet(this.device);
    return this;
  }

  /** A first contact, so that what is paid once in a device's life is not in the figures of what it pushes. */
  async meet(device) {
    this.link.be(NEAR);
    await device.settle?.();
    this.link.reset();
    device.begin();
    await device.done?.();
    await this.#over(device, 0);
    await device.end();
    await pause(200);
  }

  async #over(device, wanted) {
    const begun = performance.now();
    for (;;) {
      if (this.link.silent(SILENT_MS)) {
        const here = wanted === 0 || (await device.count()) >= wanted;
        if (here && (!this.server.patients || holds(await this.server.patients(), this.expected))) return;
      }
      if (performance.now() - begun > GIVEN_UP_MS) throw new Error("given up");
      await pause(100);
    }
  }

  /** Runs one exchange and counts it. */
  async exchange(figure, device, begin, { wanted = 0, stay = false } = {}) {
    await device.settle?.();
    const real = this.shaped === null || this.shaped.get(figure);
    const link = this.shaped && real ? SLOW : far(this.peer);
    this.link.be(link);
    this.link.reset();
    begin();
    await device.done?.();
    await this.#over(device, wanted);
    const { events, requests, connections } = this.link;
    this.figures.set(figure, {
      bytes: bytes(events), up: bytes(events, UP), down: bytes(events, DOWN), requests, connections,
      round_trips: roundTrips(events, link.rtt_ms), seconds: Math.max(...events.map((e) => e.at_ms)) / 1000,
      computed_seconds: replay(events, link.rtt_ms, SLOW) / 1000, shaped: Boolean(this.shaped && real),
    });
    if (!stay) await device.end();
    this.link.be(NEAR);
    await pause(200);
  }

  write(count) {
    return records(PUSHED[count], count).map((record) => {
      this.device.write(record);
      this.expected.set(this.device.nameOf(record.id), record.fields.patients_seen);
      return record;
    });
  }

  edit(record, patients) {
    this.device.edit(record.id, patients);
    this.expected.set(this.device.nameOf(record.id), patients);
  }

  async end() {
    this.link.close();
    await this.server.end();
  }
}

/**
 * All figures of one peer. With `shaped` (figure → whether it can be awaited) the link has 64 kbit/s, else only its delay.
 * @returns {Promise<Map<string, object>>} what was counted, by figure
 */
export async function tell(peer, shaped, told = () => {}) {
  const all = new Map();
  for (const count of [1, 20, 100, 1_000]) {
    const story = await new Story(peer, shaped).open();
    const { device } = story;
    const at = async (figure, ...rest) => {
      await story.exchange(figure, ...rest);
      told(figure, story.figures.get(figure));
    };
    try {
      const pushed = story.write(count);
      await at(STEPS[[1, 20, 100, 1_000].indexOf(count)], device, () => device.begin());
      if (count === 1_000) {
        const second = await peer.device(story.link.port, story.server);
        const names = [...story.expected.keys()];
        await at("second device, first pull of 1,000", second, () => second.begin(names), { wanted: 1_000 });
        // Some ask once more for what they have sent themselves; that is not to be in the figure of an edit.
        await story.meet(device);
        for (const edits of [1, 10, 200]) {
          pushed.slice(0, edits).forEach((record) => story.edit(record, 1_000 + edits));
          await at(edits === 1 ? "1 edit" : `${edits} edits`, device, () => device.begin());
        }
        await at("nothing new", device, () => device.begin(), { stay: true });
        if (peer.live) await at("1 edit, connection open", device, () => story.edit(pushed[0], 2_000), { stay: true });
        await device.end();
      }
    } catch (error) {
      told("given up", { error: error.message });
      if (error.message !== "given up") throw error;
    } finally {
      story.figures.forEach((figure, name) => all.set(name, figure));
      await story.end();
    }
  }
  return all;
}
