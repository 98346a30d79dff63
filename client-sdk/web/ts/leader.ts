/** The leading worker's part: runs the engine for all tabs. */

import type { EngineDevice, EngineReplica } from "./engine.ts";
import { errorParts } from "./errors.ts";
import { tabLock, type Call, type FromLeader } from "./messages.ts";
import { Syncing } from "./syncing.ts";
import type { What } from "./types.ts";

/** What each writing call changes. */
const CHANGES: Record<string, What[]> = {
  create: ["records"],
  edit: ["records"],
  editEntered: ["records"],
  finishDraft: ["records", "drafts"],
  comment: ["records"],
  void: ["records"],
  review: ["records"],
  importCopy: ["records"],
  keepDraft: ["drafts"],
  dropDraft: ["drafts"],
};

/** The tab under whose name the leader itself syncs. */
const OWN = "leader";

export class Leader {
  readonly #device: EngineDevice;
  readonly #name: string;
  readonly #send: (message: FromLeader) => void;
  readonly #fail: (error: unknown) => void;
  /** By tab and person: each tab writes under its own actor. */
  readonly #replicas = new Map<string, Map<string, Promise<EngineReplica>>>();
  readonly syncing: Syncing;

  constructor(device: EngineDevice, name: string, send: (message: FromLeader) => void, fail: (error: unknown) => void) {
    this.#device = device;
    this.#name = name;
    this.#send = send;
    this.#fail = fail;
    this.syncing = new Syncing({
      state: (person, state) => send({ kind: "sync", person, state }),
      changed: (person, what) => send({ kind: "changed", person, what: [what] }),
      failed: fail,
    });
  }

  /** Begins to sync everybody. */
  async begin(): Promise<void> {
    for (const { id } of await this.#device.people()) this.#follow(id);
  }

  async answer(call: Call): Promise<void> {
    const { tab, id } = call;
    const answer = { kind: "answer", leader: this.#name, tab, id } as const;
    try {
      const value = call.person === null ? await this.#ofDevice(call) : await this.#ofReplica(call.person, call);
      this.#send({ ...answer, value });
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return this.#fail(error);
      const parts = errorParts(error, "no_engine");
      this.#send({ ...answer, error: parts });
      if (parts.code === "not_leading") this.#fail(error);
    }
  }

  async #ofDevice({ method, args }: Call): Promise<unknown> {
    switch (method) {
      case "people":
        return this.#device.people();
      case "enrol": {
        const person = await this.#device.enrol(...(args as [string, string, string]));
        this.#follow(person.id);
        this.#send({ kind: "changed", person: null, what: ["people"] });
        return person;
      }
      case "forget": {
        const [person, evenIfUnsent] = args as [string, boolean];
        await this.#device.forget(person, evenIfUnsent);
        this.syncing.remove(person);
        for (const replicas of this.#replicas.values()) replicas.delete(person);
        this.#send({ kind: "changed", person: null, what: ["people"] });
        return;
      }
      default:
        throw unknown(method);
    }
  }

  async #ofReplica(person: string, { tab, method, args }: Call): Promise<unknown> {
    if (method === "sync") return this.syncing.now(person);
    const replica = (await this.#replica(tab, person)) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    if (typeof replica[method] !== "function" || method === "free") throw unknown(method);
    const value = await replica[method](...args);
    const changed = CHANGES[method];
    if (changed) {
      this.#send({ kind: "changed", person, what: changed });
      if (changed.includes("records")) this.syncing.soon(person);
    }
    return value;
  }

  #follow(person: string): void {
    this.syncing.add(person, () => this.#replica(OWN, person));
  }

  #replica(tab: string, person: string): Promise<EngineReplica> {
    const ofTab = this.#replicas.get(tab) ?? this.#meet(tab);
    let replica = ofTab.get(person);
    if (!replica) {
      replica = this.#device.replica(person);
      ofTab.set(person, replica);
      // A replica that cannot be opened now may be later.
      replica.catch(() => ofTab.delete(person));
    }
    return replica;
  }

  /** A tab that asks for the first time. When it is gone, so are its replicas. */
  #meet(tab: string): Map<string, Promise<EngineReplica>> {
    const replicas = new Map<string, Promise<EngineReplica>>();
    this.#replicas.set(tab, replicas);
    if (tab !== OWN) {
      void navigator.locks.request(tabLock(tab), async () => {
        this.#replicas.delete(tab);
        for (const replica of replicas.values()) (await replica.catch(() => null))?.free();
      });
    }
    return replicas;
  }
}

function unknown(method: string): Error {
  return Object.assign(new Error(`the engine has no ${method}`), { code: "no_engine" });
}
