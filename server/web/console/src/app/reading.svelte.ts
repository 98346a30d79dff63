/** What a screen reads from the server, and reads anew when it has to: the last answer stays while the next is on its way. */

import { ApiError } from "../api/client.ts";

export class Reading<T> {
  #data = $state.raw<T | undefined>();
  #code = $state<string | null>(null);
  #busy = $state(false);
  #turn = 0;

  get data(): T | undefined {
    return this.#data;
  }

  /** The code of what went wrong. */
  get code(): string | null {
    return this.#code;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Reads; what was asked before and comes later is left out. `fresh`: what is shown now means nothing any more. */
  async read(ask: () => Promise<T>, fresh = false): Promise<void> {
    const turn = ++this.#turn;
    this.#busy = true;
    if (fresh) this.#data = undefined;
    try {
      const data = await ask();
      if (turn !== this.#turn) return;
      this.#data = data;
      this.#code = null;
    } catch (error) {
      if (turn === this.#turn) this.#code = codeOf(error);
    } finally {
      if (turn === this.#turn) this.#busy = false;
    }
  }

  /** Puts something in the place of what was read. */
  put(data: T): void {
    this.#turn += 1;
    this.#data = data;
    this.#code = null;
    this.#busy = false;
  }
}

/** The stable word of any error. What is no answer of the server's is a fault of the console's, and goes to the browser's log. */
export function codeOf(error: unknown): string {
  if (error instanceof ApiError) return error.code;
  console.error(error);
  return "other";
}
