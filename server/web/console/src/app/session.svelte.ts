/** Who is at the desk, and what they may do where. */

import { api, ApiError, got, whenEnded, type Schemas } from "../api/client.ts";
import { catalog } from "./catalog.svelte.ts";
import { live } from "./live.svelte.ts";

export type Role = "recorder" | "reviewer" | "administrator" | "observer";

class Session {
  /** `null` while nobody is logged in. */
  #user = $state.raw<Schemas["WhoAmI"] | null>(null);
  /** Whether it is known who is there. */
  ready = $state(false);
  /** The code of what keeps the console from beginning. */
  broken = $state<string | null>(null);
  /** Whether it ended by itself, so that people are told why they see the log-in. */
  expired = $state(false);
  setup = $state.raw<Schemas["SetupState"] | null>(null);

  /** What is read before the first screen shows. */
  #prepare: () => Promise<unknown> = async () => {};

  get user(): Schemas["WhoAmI"] | null {
    return this.#user;
  }

  async begin(prepare: () => Promise<unknown>): Promise<void> {
    this.#prepare = prepare;
    whenEnded(() => this.#end());
    this.broken = null;
    try {
      const [setup, user] = await Promise.all([got(api.GET("/api/v1/setup")), this.#recognised()]);
      this.setup = setup;
      if (user) await this.enter(user);
      this.ready = true;
    } catch (error) {
      this.broken = error instanceof ApiError ? error.code : "other";
    }
  }

  /** Whoever the browser's session belongs to, if there is one. */
  async #recognised(): Promise<Schemas["WhoAmI"] | null> {
    try {
      return await got(api.GET("/api/v1/session"));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  }

  /** Takes a place at the desk, once the server knows who it is. */
  async enter(user: Schemas["WhoAmI"]): Promise<void> {
    await Promise.all([catalog.load(), this.#prepare()]);
    this.expired = false;
    this.setup = { needed: false, unit_needed: false };
    this.#user = user;
    live.begin();
  }

  /** Reads anew what one may do. */
  async renew(): Promise<void> {
    this.#user = await got(api.GET("/api/v1/session"));
  }

  async leave(): Promise<void> {
    await got(api.DELETE("/api/v1/session"));
    live.end();
    this.#user = null;
    location.hash = "";
  }

  #end(): void {
    if (this.#user === null) return;
    live.end();
    this.#user = null;
    this.expired = true;
  }

  /** Whether one has one of the roles on the unit; without a unit, on any. Only what is shown depends on it: the server decides. */
  may(roles: Role[], unit?: string): boolean {
    const grants = this.#user?.grants ?? [];
    const path = unit === undefined ? undefined : catalog.unit(unit)?.path;
    return grants.some((grant) => {
      if (!roles.includes(grant.role as Role)) return false;
      if (unit === undefined) return true;
      const top = catalog.unit(grant.unit)?.path;
      return path !== undefined && top !== undefined && path.startsWith(top);
    });
  }

  /** Whether one administers a whole tree. */
  get runsAll(): boolean {
    return (this.#user?.grants ?? []).some(({ role, unit }) => role === "administrator" && catalog.unit(unit)?.parent == null);
  }

  /** The units that one has a role on and that lie below no other such unit, in the order of the tree. */
  get tops(): Schemas["UnitShown"][] {
    const granted = new Set((this.#user?.grants ?? []).map(({ unit }) => unit));
    const units = catalog.units.filter(({ code }) => granted.has(code));
    return units.filter((unit) => !units.some((other) => other.code !== unit.code && unit.path.startsWith(other.path)));
  }
}

export const session = new Session();
