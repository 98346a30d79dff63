/** When the leading worker syncs whom: at the start, when the network returns, after writes, and from time to time. */

import type { EngineReplica } from "./engine.ts";
import { errorParts } from "./errors.ts";
import type { Progress, SyncReport, SyncState } from "./types.ts";

/** The pause while all goes well. */
const PAUSE_MS = 30_000;
/** The pause after a failure, doubled with each in a row. */
const RETRY_MS = 5_000;
const RETRY_MS_MAX = 300_000;
/** What is written in so short a time goes together. */
const AFTER_WRITE_MS = 400;

interface Turn {
  replica: () => Promise<EngineReplica>;
  due: number;
  failures: number;
  state: SyncState;
  /** Waits for the end of the next whole sync. */
  askers: ((report: SyncReport) => void)[];
  /** The forms and units as last seen, to notice new ones. */
  catalog: string;
}

export interface SyncingEvents {
  state(person: string, state: SyncState): void;
  changed(person: string, what: "records" | "catalog"): void;
  /** An error that no report tells: the engine itself has failed. */
  failed(error: unknown): void;
}

/** Syncs every person of the device, one request at a time. */
export class Syncing {
  readonly #turns = new Map<string, Turn>();
  readonly #events: SyncingEvents;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;

  constructor(events: SyncingEvents) {
    this.#events = events;
    self.addEventListener("online", () => this.networkReturned());
    self.addEventListener("offline", () => this.#networkGone());
  }

  /** The states of all, for tabs that come later. */
  states(): Record<string, SyncState> {
    return Object.fromEntries([...this.#turns].map(([person, turn]) => [person, turn.state]));
  }

  add(person: string, replica: () => Promise<EngineReplica>): void {
    if (this.#turns.has(person)) return this.soon(person);
    const state: SyncState = { state: navigator.onLine ? "idle" : "offline" };
    this.#turns.set(person, { replica, due: performance.now(), failures: 0, state, askers: [], catalog: "" });
    this.#plan();
  }

  remove(person: string): void {
    this.#turns.delete(person);
  }

  /** Something was written. */
  soon(person: string): void {
    const turn = this.#turns.get(person);
    // While it fails, a write is no reason to try more often.
    if (!turn || turn.failures > 0) return;
    turn.due = Math.min(turn.due, performance.now() + AFTER_WRITE_MS);
    this.#plan();
  }

  /** Somebody wants it now, whatever went wrong before. */
  now(person: string): Promise<SyncReport> {
    const turn = this.#turns.get(person);
    if (!turn) return Promise.reject(Object.assign(new Error("no such person"), { code: "not_enrolled" }));
    return new Promise((resolve) => {
      turn.askers.push(resolve);
      turn.due = 0;
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#busy) return;
    clearTimeout(this.#timer);
    // A browser that says it is offline is not always right: it is tried all the same, more and more seldom.
    const dues = [...this.#turns.values()].map((turn) => turn.due);
    if (dues.length === 0) return;
    const wait = Math.max(0, Math.min(...dues) - performance.now());
    this.#timer = setTimeout(() => void this.#run(), wait);
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      for (const [person, turn] of [...this.#turns]) {
        if (turn.due <= performance.now()) await this.#turn(person, turn);
      }
    } catch (error) {
      this.#events.failed(error);
      return;
    } finally {
      this.#busy = false;
    }
    this.#plan();
  }

  /** One whole sync: requests until all is answered, or one fails. */
  async #turn(person: string, turn: Turn): Promise<void> {
    const askers = turn.askers.splice(0);
    const replica = await turn.replica();
    this.#set(person, turn, { ...turn.state, state: "syncing" });
    let whole: SyncReport | undefined;
    for (;;) {
      const report = await once(replica);
      whole = whole ? added(whole, report) : report;
      if (report.pulled + report.pushed > 0) this.#events.changed(person, "records");
      await this.#noticeCatalog(person, turn, replica);
      if (report.answered_all || report.error || !this.#turns.has(person)) break;
      this.#set(person, turn, { state: "syncing", report: whole, progress: await progress(replica) });
    }
    turn.failures = whole.error ? turn.failures + 1 : 0;
    turn.due = performance.now() + pause(turn.failures);
    if (whole.error) this.#set(person, turn, { state: navigator.onLine ? "failed" : "offline", error: whole.error, report: whole });
    else this.#set(person, turn, { state: "idle", report: whole });
    for (const resolve of askers) resolve(whole);
  }

  /** New forms and units come without any record. */
  async #noticeCatalog(person: string, turn: Turn, replica: EngineReplica): Promise<void> {
    const known = await Promise.all([replica.forms(), replica.units()]).catch(() => null);
    const catalog = known ? JSON.stringify([known[0].map(({ id, version }) => [id, version]), known[1]]) : "";
    if (catalog !== turn.catalog) this.#events.changed(person, "catalog");
    turn.catalog = catalog;
  }

  #set(person: string, turn: Turn, state: SyncState): void {
    turn.state = state;
    if (this.#turns.get(person) === turn) this.#events.state(person, state);
  }

  /** What failed before is no reason to wait any more. */
  networkReturned(): void {
    for (const turn of this.#turns.values()) {
      turn.due = 0;
      turn.failures = 0;
    }
    this.#plan();
  }

  #networkGone(): void {
    for (const [person, turn] of this.#turns) {
      if (turn.state.state !== "syncing") this.#set(person, turn, { ...turn.state, state: "offline" });
    }
  }
}

/** A request; an error that is not about the network stands in the report like any other. */
async function once(replica: EngineReplica): Promise<SyncReport> {
  try {
    return await replica.syncOnce();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    const { code, message } = errorParts(error, "store_failed");
    if (code === "not_leading") throw error;
    return { ...NOTHING, error: { code, message } };
  }
}

const NOTHING: SyncReport = {
  pushed: 0, accepted: 0, duplicate: 0, parked: 0, held: 0, refused: 0, pulled: 0, rejected: 0, requests: 0, bytes_sent: 0,
  bytes_received: 0, answered_all: false, error: null,
};

async function progress(replica: EngineReplica): Promise<Progress> {
  const { waiting, feeds } = await replica.status();
  const sum = (of: "position" | "missing_below"): number => feeds.reduce((total, feed) => total + feed[of], 0);
  return { waiting, known: sum("position"), missing: sum("missing_below") };
}

/** The counts of two reports together; how it ended is the later one's word. */
function added(a: SyncReport, b: SyncReport): SyncReport {
  const sum = { ...b };
  const counts = ["pushed", "accepted", "duplicate", "parked", "held", "refused", "pulled", "rejected", "requests", "bytes_sent", "bytes_received"] as const;
  for (const count of counts) sum[count] = a[count] + b[count];
  return sum;
}

/** Milliseconds until the next sync, with jitter so that a county does not come back at once. */
function pause(failures: number): number {
  const base = failures === 0 ? PAUSE_MS : Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MS_MAX);
  return base * (0.75 + Math.random() / 2);
}
