/** The records that a list has shown so far: page after page, what has moved since, and where one was in it. */

import { api, got, type Page as PageOf } from "../../api/client.ts";
import { codeOf } from "../../app/reading.svelte.ts";
import type { Listed } from "../record/contract.ts";
import type { Filter } from "./filters.ts";

type Page = PageOf<Listed>;

const PAGE = 50;
/** As many as the server gives at once. */
const MOST = 200;

async function page(filter: Filter, limit: number, after: string | undefined, signal?: AbortSignal): Promise<Page> {
  const query = { ...filter, limit, ...(after === undefined ? {} : { after }) };
  return (await got(api.GET("/api/v1/records", { params: { query: query as never }, ...(signal ? { signal } : {}) }))) as Page;
}

export class Pages {
  readonly filter: Filter;
  #rows = $state.raw<Listed[]>([]);
  #next = $state.raw<string | null | undefined>(undefined);
  #busy = $state(false);
  #searching = $state(false);
  #stopped = $state(false);
  #code = $state<string | null>(null);
  #fresh = $state.raw<{ page: Page; count: number } | null>(null);
  #asking: AbortController | null = null;
  #checking = false;
  /** The row that one was at last. */
  at = $state<string | null>(null);

  constructor(filter: Filter) {
    this.filter = filter;
  }

  get rows(): Listed[] {
    return this.#rows;
  }

  /** Whether there may be more; not known before the first page. */
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

  /** Whether somebody had enough of that. */
  get stopped(): boolean {
    return this.#stopped;
  }

  get code(): string | null {
    return this.#code;
  }

  /** How many are new, changed or gone since they were shown. */
  get moved(): number {
    return this.#fresh?.count ?? 0;
  }

  /** Shows more. A page may be empty and yet not the last: then it goes on until something is found, or it is stopped. */
  async read(): Promise<void> {
    if (this.#busy || !this.more) return;
    this.#busy = true;
    this.#stopped = false;
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      for (let found = 0; found === 0 && this.more && !signal.aborted; ) {
        const { items, next } = await page(this.filter, PAGE, this.#next ?? undefined, signal);
        found = items.length;
        this.#searching = found === 0;
        const known = new Set(this.#rows.map(({ id }) => id));
        this.#rows = [...this.#rows, ...items.filter(({ id }) => !known.has(id))];
        this.#next = next ?? null;
      }
      this.#code = null;
    } catch (error) {
      if (!signal.aborted) this.#code = codeOf(error);
    } finally {
      this.#busy = false;
      this.#searching = false;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#asking?.abort();
  }

  /** Looks whether what is shown has moved; it stays as it is until one asks for it. */
  async check(): Promise<void> {
    if (!this.begun || this.#checking) return;
    this.#checking = true;
    try {
      const fresh = await page(this.filter, Math.min(MOST, Math.max(PAGE, this.#rows.length)), undefined);
      const count = this.#differ(fresh);
      this.#fresh = count > 0 ? { page: fresh, count } : null;
    } catch (error) {
      // It is looked at again when the next thing moves; whatever one asks for oneself says what is wrong.
      codeOf(error);
    } finally {
      this.#checking = false;
    }
  }

  /** Shows what has moved. */
  renew(): void {
    const fresh = this.#fresh?.page;
    if (!fresh) return;
    const tail = this.#behind(fresh);
    this.#rows = [...fresh.items, ...tail];
    if (tail.length === 0) this.#next = fresh.next ?? null;
    this.#fresh = null;
  }

  /** What is shown behind the last row of a page that was read anew. */
  #behind({ items, next }: Page): Listed[] {
    const last = items.at(-1);
    if (!next) return [];
    if (!last) return this.#rows;
    const known = new Set(items.map(({ id }) => id));
    return this.#rows.filter(({ id, created }) => !known.has(id) && created <= last.created);
  }

  #differ(fresh: Page): number {
    const shown = new Map(this.#rows.map((row) => [row.id, JSON.stringify(row)]));
    const moved = fresh.items.filter((row) => shown.get(row.id) !== JSON.stringify(row)).length;
    const known = new Set([...fresh.items, ...this.#behind(fresh)].map(({ id }) => id));
    return moved + this.#rows.filter(({ id }) => !known.has(id)).length;
  }
}

/** The list that one looked at last: whoever comes back from a record finds it as it was. */
let last: { who: string; pages: Pages } | null = null;

export function keepList(who: string, pages: Pages): void {
  last = { who, pages };
}

export function listOf(who: string): Pages | null {
  return last?.who === who ? last.pages : null;
}

export function lastList(): Pages | null {
  return last?.pages ?? null;
}
