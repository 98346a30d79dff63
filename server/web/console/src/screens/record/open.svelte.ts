/** A record that lies open on the desk: as it stands, what others do to it meanwhile, and what one writes into it. */

import { untrack } from "svelte";
import { ApiError } from "../../api/client.ts";
import { live } from "../../app/live.svelte.ts";
import { codeOf, Reading } from "../../app/reading.svelte.ts";
import { records, type Event, type Report } from "./contract.ts";

/** What has come within this time was hardly read before one acts: the act then speaks of what stood there before, and the server says so. */
const UNREAD_MS = 1_000;

export interface Failure {
  code: string;
  detail: string;
}

export class OpenRecord {
  readonly id: string;
  readonly #reading = new Reading<Report>();
  #failure = $state.raw<Failure | null>(null);
  #busy = $state(false);
  #news = $state.raw<Event[]>([]);
  /** The heads of what was shown before, and when it went. */
  #before: { heads: string[]; until: number } = { heads: [], until: 0 };
  #late = false;

  constructor(id: string) {
    this.id = id;
  }

  get report(): Report | undefined {
    return this.#reading.data;
  }

  /** The code of why it cannot be shown. */
  get missing(): string | null {
    return this.#reading.data ? null : this.#reading.code;
  }

  /** Why what one did last was not done. */
  get failure(): Failure | null {
    return this.#failure;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** What others have done to it since it was opened, or since one last acted. */
  get news(): Event[] {
    return this.#news;
  }

  /** What an act speaks of. */
  get seen(): string[] {
    return Date.now() - this.#before.until < UNREAD_MS ? this.#before.heads : (this.report?.heads ?? []);
  }

  /** Takes note of the news: what one does next speaks of what stands there now. */
  note(): void {
    this.#news = [];
    this.#failure = null;
    this.#before = { heads: [], until: 0 };
  }

  /** Reads it, now and whenever something in its unit moves; until what it gives is called. */
  follow(): () => void {
    untrack(() => void this.read());
    return live.hear((moved) => {
      const unit = this.report?.unit;
      if (moved.length === 0 || moved.some((one) => one.unit === unit)) void this.read();
    });
  }

  async read(): Promise<void> {
    // What one does oneself is no news: it is read once that is over.
    if (this.#busy) {
      this.#late = true;
      return;
    }
    const before = this.report;
    await this.#reading.read(() => records.read(this.id));
    const now = this.report;
    if (!before || !now || now === before || sameHeads(before, now)) return;
    const known = new Set(before.history.map(({ change }) => change));
    this.#news = [...this.#news, ...now.history.filter(({ change }) => !known.has(change))];
    this.#before = { heads: before.heads, until: Date.now() };
  }

  /** Does something to it; gives whether that was done. If it has moved on meanwhile it is shown as it is now, and nothing was done. */
  async act(what: (seen: string[]) => Promise<Report>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#failure = null;
    let moved = false;
    try {
      this.#reading.put(await what(this.seen));
      this.#news = [];
      return true;
    } catch (error) {
      const code = codeOf(error);
      moved = code === "record_moved";
      this.#failure = { code, detail: error instanceof ApiError && !moved ? error.detail : "" };
      return false;
    } finally {
      this.#busy = false;
      if (moved || this.#late) {
        this.#late = false;
        await this.read();
      }
    }
  }
}

function sameHeads(one: Report, other: Report): boolean {
  return one.heads.length === other.heads.length && one.heads.every((head, i) => head === other.heads[i]);
}
