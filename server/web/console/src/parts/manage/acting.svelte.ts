/** Something that a person does on a page: whether it is being done, and what went wrong. */

import { ApiError } from "../../api/client.ts";
import { codeOf } from "../../app/reading.svelte.ts";

export interface Trouble {
  code: string;
  /** What the server said of it, in English. */
  detail: string;
}

export class Acting {
  #busy = $state(false);
  #trouble = $state.raw<Trouble | null>(null);

  get busy(): boolean {
    return this.#busy;
  }

  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** Does it, unless it is being done already. True if it was done. */
  async run(act: () => Promise<void>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#trouble = null;
    try {
      await act();
      return true;
    } catch (error) {
      this.#trouble = troubleOf(error);
      return false;
    } finally {
      this.#busy = false;
    }
  }

  /** What went wrong before is of no interest any more. */
  forget(): void {
    this.#trouble = null;
  }
}

export function troubleOf(error: unknown): Trouble {
  return { code: codeOf(error), detail: error instanceof ApiError ? error.detail : "" };
}
