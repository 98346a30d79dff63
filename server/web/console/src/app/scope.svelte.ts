/** Which unit and which days are looked at: kept while one goes from screen to screen, and in the address where it matters. */

import { api, got } from "../api/client.ts";
import { router } from "./router.svelte.ts";
import { session } from "./session.svelte.ts";
import { catalog } from "./catalog.svelte.ts";
import { monthsUpTo, thisYear, type Period } from "./periods.ts";

class Scope {
  #unit = $state<string | null>(null);
  #period = $state.raw<Period | null>(null);
  /** The last days on which anything was logged: where one begins, if this year is empty. */
  #last = $state.raw<Period | null>(null);

  /** The unit of the address, else the one looked at last, else the first that one has a role on. */
  get unit(): string {
    return router.query["unit"] ?? this.#unit ?? session.tops[0]?.code ?? "";
  }

  /** The days of the address, else those looked at last, else this year. */
  get period(): Period {
    const { from, to } = router.query;
    if (from && to) return { from, to };
    return this.#period ?? this.#last ?? thisYear();
  }

  get last(): Period | null {
    return this.#last;
  }

  look(unit: string): void {
    this.#unit = unit;
    router.narrow({ unit });
  }

  during(period: Period): void {
    this.#period = period;
    router.narrow({ ...period });
  }

  /** Keeps what the address says, for the screens that one goes to next. */
  keep(): void {
    const { unit, from, to } = router.query;
    if (unit && catalog.unit(unit)) this.#unit = unit;
    if (from && to) this.#period = { from, to };
  }

  /** Finds out whether anything was logged this year; if not, one begins with the year that ends with the last record. */
  async begin(): Promise<void> {
    const year = thisYear();
    const { items } = await got(api.GET("/api/v1/records", { params: { query: { limit: 1 } } }));
    const day = items[0]?.on;
    this.#last = day && day < year.from ? monthsUpTo(day.slice(0, 7), 12) : null;
  }
}

export const scope = new Scope();
