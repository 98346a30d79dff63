/** What waits for a decision, one after another: those left, the one on the desk, and how many were decided. */

import type { Page } from "../../api/client.ts";
import { codeOf } from "../../app/reading.svelte.ts";

/** Pages read anew when something moves: more than that nobody has gone through. */
const PAGES_ANEW = 4;

export class Queue<T> {
  readonly #ask: (after: string | undefined) => Promise<Page<T>>;
  readonly #keyOf: (item: T) => string;
  #items = $state.raw<T[]>([]);
  #current = $state.raw<T | null>(null);
  #next = $state.raw<string | null | undefined>(undefined);
  #busy = $state(false);
  #searching = $state(false);
  #code = $state<string | null>(null);
  #done = $state(0);
  #stopped = $state(false);
  #turn = 0;
  #pages = 1;

  constructor(keyOf: (item: T) => string, ask: (after: string | undefined) => Promise<Page<T>>) {
    this.#keyOf = keyOf;
    this.#ask = ask;
  }

  /** Those left, as far as they were read; the one on the desk among them, unless somebody else has decided about it. */
  get items(): T[] {
    return this.#items;
  }

  get current(): T | null {
    return this.#current;
  }

  get key(): string | null {
    return this.#current === null ? null : this.#keyOf(this.#current);
  }

  /** Whether the one on the desk is not among those left any more. */
  get gone(): boolean {
    return this.#current !== null && !this.#items.some((item) => this.#keyOf(item) === this.key);
  }

  get more(): boolean {
    return this.#next !== null;
  }

  get begun(): boolean {
    return this.#next !== undefined;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Whether pages were empty so far, and it goes on looking. */
  get searching(): boolean {
    return this.#searching;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get code(): string | null {
    return this.#code;
  }

  /** How many one has decided about. */
  get done(): number {
    return this.#done;
  }

  /** Reads the beginning, and takes up the first, or the one of this key. */
  async begin(key?: string): Promise<void> {
    await this.readOn();
    const wanted = this.#items.find((item) => this.#keyOf(item) === key);
    this.#current ??= wanted ?? this.#items[0] ?? null;
  }

  /** Reads on, until something is found, or the end, or it is stopped. */
  async readOn(): Promise<void> {
    if (this.#busy || !this.more) return;
    const turn = ++this.#turn;
    this.#busy = true;
    this.#stopped = false;
    try {
      for (let found = 0; found === 0 && this.more && !this.#stopped; ) {
        const { items, next } = await this.#ask(this.#next ?? undefined);
        if (turn !== this.#turn) return;
        found = items.length;
        this.#searching = found === 0;
        this.#put([...this.#items, ...items]);
        this.#next = next ?? null;
        this.#pages += 1;
      }
      this.#code = null;
    } catch (error) {
      if (turn === this.#turn) this.#code = codeOf(error);
    } finally {
      this.#busy = false;
      this.#searching = false;
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Reads anew what is left; the one on the desk stays there, whatever has become of it. */
  async refresh(): Promise<void> {
    if (this.#busy || !this.begun) return;
    const turn = ++this.#turn;
    const items: T[] = [];
    let next: string | null | undefined;
    try {
      for (let page = 0; page < Math.min(this.#pages, PAGES_ANEW) && next !== null; page += 1) {
        const found = await this.#ask(next ?? undefined);
        if (turn !== this.#turn) return;
        items.push(...found.items);
        next = found.next ?? null;
      }
      this.#put(items);
      this.#next = next ?? null;
      this.#code = null;
      this.#current ??= this.#items[0] ?? null;
    } catch (error) {
      if (turn === this.#turn) this.#code = codeOf(error);
    }
  }

  go(key: string): void {
    this.#current = this.#items.find((item) => this.#keyOf(item) === key) ?? this.#current;
  }

  /** Leaves the one on the desk for later, and takes up the one behind it, or before it. */
  step(by: 1 | -1 = 1): void {
    const at = this.#items.findIndex((item) => this.#keyOf(item) === this.key);
    const count = this.#items.length;
    if (count > 0) this.#current = this.#items[at < 0 ? 0 : (at + by + count) % count] ?? null;
  }

  /** The one on the desk is decided: takes up the one behind it. What was being read meanwhile is out of date. */
  finish(): void {
    this.#turn += 1;
    this.#done += 1;
    const at = Math.max(0, this.#items.findIndex((item) => this.#keyOf(item) === this.key));
    const left = this.#items.filter((item) => this.#keyOf(item) !== this.key);
    this.#items = left;
    this.#current = left[at] ?? left[0] ?? null;
    void (left.length === 0 && this.more ? this.begin() : this.refresh());
  }

  /** Nothing is decided: somebody else has done that. */
  pass(): void {
    const key = this.key;
    this.step();
    if (this.key === key) this.#current = null;
    void this.refresh();
  }

  #put(items: T[]): void {
    const seen = new Set<string>();
    this.#items = items.filter((item) => !seen.has(this.#keyOf(item)) && seen.add(this.#keyOf(item)));
  }
}
