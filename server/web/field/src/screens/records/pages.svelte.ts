/** The records of a list, fetched page by page as they come into view. Ten thousand are not held at once. */

import type { RecordFilter, Replica, Summary } from "@cairn/client";

const PAGE = 60;
/** Pages that are kept; those looked at longest ago go first. */
const PAGES_KEPT = 40;

export class Pages {
  /** How many rows the list has; as far as known while they are not counted. */
  count = $state<number | null>(null);
  isCounted = $state(false);
  #pages = $state.raw(new Map<number, Summary[]>());
  #asked = new Set<number>();
  #round = 0;
  #replica: Replica;
  #filter: RecordFilter = {};

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** Shows other records, or the same ones anew. What is shown stays until the new ones are here. */
  async load(filter: RecordFilter, visible: { from: number; to: number }): Promise<void> {
    const round = ++this.#round;
    const isSame = JSON.stringify(filter) === JSON.stringify(this.#filter);
    this.#filter = filter;
    this.#asked.clear();
    const first = Math.floor(visible.from / PAGE);
    const last = Math.floor(visible.to / PAGE);
    const wanted = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    wanted.forEach((page) => this.#asked.add(page));
    const counting = this.#replica.count(filter);
    counting.catch(() => {});
    const pages = await Promise.all(wanted.map((page) => this.#fetch(page)));
    if (round !== this.#round) return;
    this.#pages = new Map(wanted.map((page, at) => [page, pages[at] ?? []]));
    if (!isSame || !this.isCounted) {
      // Counting takes longer than the first page, which is shown at once.
      this.count = last * PAGE + (pages.at(-1)?.length ?? 0);
      this.isCounted = false;
    }
    const count = await counting;
    if (round !== this.#round) return;
    this.count = count;
    this.isCounted = true;
  }

  at(index: number): Summary | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** These are in view. */
  async want(from: number, to: number): Promise<void> {
    const round = this.#round;
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page += 1) {
      if (this.#asked.has(page)) continue;
      this.#asked.add(page);
      const records = await this.#fetch(page);
      if (round !== this.#round) return;
      const pages = new Map(this.#pages).set(page, records);
      for (const old of pages.keys()) {
        if (pages.size <= PAGES_KEPT) break;
        if (Math.abs(old - page) > 2) {
          pages.delete(old);
          this.#asked.delete(old);
        }
      }
      this.#pages = pages;
    }
  }

  #fetch(page: number): Promise<Summary[]> {
    return this.#replica.list({ ...this.#filter, offset: page * PAGE, limit: PAGE });
  }
}

/** How the list was left, to come back to it so. */
export interface Left {
  mine: boolean;
  form: string;
  standing: string;
  text: string;
  /** Whether the totals are open. */
  totals: boolean;
  scroll: number;
}

const lefts = new Map<string, Left>();

export function leftBy(person: string): Left {
  let left = lefts.get(person);
  if (!left) lefts.set(person, (left = { mine: true, form: "", standing: "", text: "", totals: false, scroll: 0 }));
  return left;
}
