/** Whose logbook is open, and where it stands. Everything is the engine's word; nothing is worked out here. */

import {
  CairnError, openClient, type Client, type Draft, type Form, type FormInfo, type Person, type Replica, type Status, type SyncState, type UnitInfo,
  type What,
} from "@cairn/client";
import { codeOf } from "../words/errors.ts";
import { coalesced } from "./coalesced.ts";
import * as memory from "./memory.ts";

class Session {
  people = $state.raw<Person[]>([]);
  person = $state.raw<Person | null>(null);
  /** Whether the people are known yet. */
  ready = $state(false);
  status = $state.raw<Status | null>(null);
  /** Records of which something waits for the server. */
  waiting = $state(0);
  /** Records of which something is held or refused. */
  stuck = $state(0);
  sync = $state.raw<SyncState>({ state: "idle" });
  forms = $state.raw<Form[]>([]);
  units = $state.raw<UnitInfo[]>([]);
  drafts = $state.raw<Draft[]>([]);
  /** Moves with every change of records. */
  revision = $state(0);
  /** The engine failed and was started again. */
  restarted = $state(false);
  /** There were people on this device, and the browser has cleared them. */
  cleared = $state.raw<string[]>([]);
  /** Why nothing works at all. */
  broken = $state<string | null>(null);
  /** Why what is shown may not be as things are. */
  problem = $state<string | null>(null);

  #client: Client | null = null;
  #replica: Replica | null = null;

  get client(): Client {
    if (!this.#client) throw new CairnError({ code: "no_engine", message: "the session has not begun" });
    return this.#client;
  }

  get replica(): Replica {
    if (!this.#replica) throw new CairnError({ code: "not_enrolled", message: "nobody is chosen" });
    return this.#replica;
  }

  async begin(): Promise<void> {
    try {
      this.#client = openClient();
    } catch (error) {
      this.broken = error instanceof CairnError ? error.code : "no_engine";
      return;
    }
    this.client.on("changed", ({ person, what }) => void this.#changed(person, what));
    this.client.on("sync", ({ person, ...state }) => {
      if (person !== this.person?.id) return;
      this.sync = state;
      if (state.state !== "syncing") void this.#refreshStatus();
    });
    this.client.on("restarted", () => (this.restarted = true));
    // Whoever leads now may not have heard what was asked before.
    this.client.on("leader", () => {
      if (!this.person) return;
      this.sync = this.client.syncState(this.person.id);
      this.revision += 1;
      void this.#refreshAll();
    });
    try {
      await this.#meetPeople();
    } catch (error) {
      this.broken = codeOf(error);
    }
  }

  /** Opens the logbook of a person. */
  async choose(person: Person): Promise<void> {
    this.person = person;
    this.#replica = this.client.replica(person.id);
    memory.setChosen(person.id);
    this.forms = [];
    this.units = [];
    this.drafts = [];
    this.status = null;
    this.sync = this.client.syncState(person.id);
    this.revision += 1;
    await this.#refreshAll();
  }

  async enrol(code: string, deviceName: string): Promise<void> {
    const person = await this.client.enrol(location.origin, code, deviceName);
    this.people = await this.client.people();
    this.cleared = [];
    memory.setPeople(this.people);
    await this.choose(person);
  }

  async forget(person: Person, evenIfUnsent: boolean): Promise<void> {
    await this.client.forget(person.id, evenIfUnsent);
    this.person = null;
    this.#replica = null;
    await this.#meetPeople(true);
  }

  form(id: string): Form | undefined {
    return this.forms.find((form) => form.id === id);
  }

  unitName(code: string): string {
    return this.units.find((unit) => unit.code === code)?.name ?? code;
  }

  #refreshAll(): Promise<unknown> {
    return Promise.all([this.#refreshCatalog(), this.#refreshDrafts(), this.#refreshStatus()]);
  }

  readonly #refreshStatus = this.#refreshing(async (replica) => {
    const status = await replica.status();
    const stuck = status.unsettled.filter(({ state }) => state !== "parked");
    return () => {
      this.status = status;
      this.waiting = status.waiting_records;
      this.stuck = new Set(stuck.map(({ record }) => record)).size;
    };
  });

  readonly #refreshDrafts = this.#refreshing(async (replica) => {
    const drafts = await replica.drafts().catch(noneBeforeFirstSync<Draft>);
    return () => (this.drafts = drafts);
  });

  readonly #refreshCatalog = this.#refreshing(async (replica) => {
    const [forms, units] = await Promise.all([
      replica.forms().catch(noneBeforeFirstSync<FormInfo>),
      replica.units().catch(noneBeforeFirstSync<UnitInfo>),
    ]);
    const whole = await Promise.all(forms.map(({ id }) => replica.form(id)));
    return () => {
      this.forms = whole;
      this.units = units;
    };
  });

  /** Reads, and shows what was read if the same logbook is still open. */
  #refreshing(read: (replica: Replica) => Promise<() => void>): () => Promise<void> {
    return coalesced(async () => {
      const replica = this.#replica;
      if (!replica) return;
      try {
        const show = await read(replica);
        if (replica !== this.#replica) return;
        show();
        this.problem = null;
      } catch (error) {
        // A worker that ends is followed by another, and then all is read anew.
        const code = codeOf(error);
        if (code !== "restarted" && code !== "interrupted" && replica === this.#replica) this.problem = code;
      }
    });
  }

  async #meetPeople(known = false): Promise<void> {
    this.people = await this.client.people();
    const remembered = memory.people();
    if (this.people.length === 0 && !known) this.cleared = remembered;
    if (this.people.length > 0 || known) memory.setPeople(this.people);
    const last = this.people.find(({ id }) => id === memory.chosen()) ?? this.people[0];
    if (last) await this.choose(last);
    this.ready = true;
  }

  async #changed(person: string | null, what: What[]): Promise<void> {
    if (person === null) {
      this.people = await this.client.people();
      memory.setPeople(this.people);
      const stays = this.people.some(({ id }) => id === this.person?.id);
      if (!stays && this.people[0]) await this.choose(this.people[0]);
      else if (!stays) this.person = null;
      return;
    }
    if (person !== this.person?.id) return;
    if (what.includes("records")) {
      this.revision += 1;
      void this.#refreshStatus();
    }
    if (what.includes("drafts")) void this.#refreshDrafts();
    if (what.includes("catalog")) void this.#refreshCatalog();
  }
}

/** Before the first sync there is nothing to list. */
function noneBeforeFirstSync<T>(error: unknown): T[] {
  if (error instanceof CairnError && error.code === "no_catalog") return [];
  throw error;
}

export const session = new Session();
