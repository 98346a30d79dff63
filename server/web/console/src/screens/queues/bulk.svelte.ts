/** Many records approved at once: found first, summed up, and then sent in pages. */

import { api, ApiError, got } from "../../api/client.ts";
import { codeOf } from "../../app/reading.svelte.ts";
import { reviewMany, type Listed } from "../record/contract.ts";
import type { Filter } from "../records/filters.ts";

/** Records found for one summary: more than that nobody has looked at. */
export const FOUND_MAX = 5_000;
const PAGE = 200;

export type Doing = "nothing" | "searching" | "found" | "approving" | "over";

export interface Failed {
  id: string;
  code: string;
}

export class Bulk {
  readonly filter: Filter;
  #ready = $state.raw<Listed[]>([]);
  #doubtful = $state.raw<Listed[]>([]);
  #doing = $state<Doing>("nothing");
  #full = $state(false);
  #code = $state<string | null>(null);
  #done = $state(0);
  #failed = $state.raw<Failed[]>([]);
  #stopping = false;

  constructor(filter: Filter) {
    this.filter = filter;
  }

  /** Those that can be approved. */
  get ready(): Listed[] {
    return this.#ready;
  }

  /** Those that are left out: values disagree in them, or break a rule, or wait. */
  get doubtful(): Listed[] {
    return this.#doubtful;
  }

  get doing(): Doing {
    return this.#doing;
  }

  /** Whether there are more than can be approved at once. */
  get full(): boolean {
    return this.#full;
  }

  get code(): string | null {
    return this.#code;
  }

  get done(): number {
    return this.#done;
  }

  get failed(): Failed[] {
    return this.#failed;
  }

  /** Finds the open records. */
  async find(): Promise<void> {
    this.#doing = "searching";
    this.#stopping = false;
    let after: string | undefined;
    try {
      do {
        const query = { ...this.filter, status: "open", limit: PAGE, ...(after === undefined ? {} : { after }) };
        const { items, next } = await got(api.GET("/api/v1/records", { params: { query: query as never } }));
        const found = items as unknown as Listed[];
        const doubtful = ({ conflicts, faults, held }: Listed): boolean => conflicts.length > 0 || faults.length > 0 || held > 0;
        this.#ready = [...this.#ready, ...found.filter((one) => !doubtful(one))];
        this.#doubtful = [...this.#doubtful, ...found.filter(doubtful)];
        after = next ?? undefined;
        this.#full = after !== undefined && this.#ready.length >= FOUND_MAX;
      } while (after !== undefined && !this.#full && !this.#stopping);
      this.#code = null;
    } catch (error) {
      this.#code = codeOf(error);
    }
    // What was left when it was stopped is none of what is approved.
    this.#doing = "found";
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Approves those that are ready and that `wanted` wants, in pages; may be stopped between two. */
  async approve(wanted: (record: Listed) => boolean): Promise<void> {
    const ids = this.#ready.filter(wanted).map(({ id }) => id);
    this.#doing = "approving";
    this.#stopping = false;
    for (let at = 0; at < ids.length && !this.#stopping; at += PAGE) {
      const page = ids.slice(at, at + PAGE);
      try {
        const { done, failed } = await reviewMany({ verdict: "approved" }, page);
        this.#done += done;
        this.#failed = [...this.#failed, ...failed];
      } catch (error) {
        // Nothing says which of them were done: whoever looks for open records again finds those that were not.
        this.#failed = [...this.#failed, ...page.map((id) => ({ id, code: error instanceof ApiError ? error.code : codeOf(error) }))];
        this.#code = codeOf(error);
        break;
      }
    }
    this.#doing = "over";
  }
}
