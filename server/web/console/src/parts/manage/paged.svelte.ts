/** A list that comes in pages: the first at once, the next when somebody wants to see more. */

import type { Page } from "../../api/client.ts";
import { codeOf } from "../../app/reading.svelte.ts";

export class Paged<T> {
  #items = $state.raw<T[] | undefined>();
  #next = $state<string | null>(null);
  #code = $state<string | null>(null);
  #busy = $state(false);
  #turn = 0;
  #ask: (after: string | undefined) => Promise<Page<T>> = async () => ({ items: [] });

  /** What has come; undefined before the first page. */
  get items(): T[] | undefined {
    return this.#items;
  }

  get hasMore(): boolean {
    return this.#next !== null;
  }

  get busy(): boolean {
    return this.#busy;
  }

  get code(): string | null {
    return this.#code;
  }

  /** Reads the first page of what `ask` gives; what is shown stays until it is there. */
  begin(ask: (after: string | undefined) => Promise<Page<T>>): Promise<void> {
    this.#ask = ask;
    return this.#read(undefined);
  }

  /** Reads the first page anew. */
  again(): Promise<void> {
    return this.#read(undefined);
  }

  more(): Promise<void> {
    return this.#read(this.#next ?? undefined);
  }

  async #read(after: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    this.#busy = true;
    try {
      const page = await this.#ask(after);
      if (turn !== this.#turn) return;
      this.#items = after === undefined ? page.items : [...(this.#items ?? []), ...page.items];
      this.#next = page.next ?? null;
      this.#code = null;
    } catch (error) {
      if (turn === this.#turn) this.#code = codeOf(error);
    } finally {
      if (turn === this.#turn) this.#busy = false;
    }
  }
}
