/** A device's people and replicas, as a page sees them. */

import { Calls } from "./calls.ts";
import { CairnError } from "./errors.ts";
import { Keeper } from "./keeper.ts";
import { CHANNEL, tabLock, type FromLeader, type ToLeader } from "./messages.ts";
import { Replica } from "./replica.ts";
import type { ClientEvents, Person, SyncState } from "./types.ts";
import { Watch } from "./watch.ts";

export interface ClientOptions {
  /** Starts the worker. Default: the one of this package, as bundlers that know `new URL(…, import.meta.url)` find it. */
  startWorker?: () => Worker;
}

type Listener<E extends keyof ClientEvents> = (event: ClientEvents[E]) => void;

/**
 * One tab's client. Every tab makes its own, once; the tabs agree among themselves on one that runs the engine.
 *
 * All that is asked before the engine is loaded waits for it. Nothing here waits for the network but {@link Client.enrol}.
 */
export class Client {
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #calls: Calls;
  readonly #keeper: Keeper;
  readonly #watch: Watch;
  readonly #listeners = new Map<keyof ClientEvents, Set<Listener<never>>>();
  readonly #replicas = new Map<string, Replica>();
  readonly #sync = new Map<string, SyncState>();
  #release: () => void = () => {};
  readonly #online = (): void => this.#channel.postMessage({ kind: "online" } satisfies ToLeader);

  constructor(options: ClientOptions = {}) {
    const tab = crypto.randomUUID();
    const start = options.startWorker ?? (() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
    void navigator.locks.request(tabLock(tab), () => new Promise<void>((release) => (this.#release = release)));
    const send = (message: ToLeader): void => this.#channel.postMessage(message);
    this.#calls = new Calls(tab, send);
    this.#watch = new Watch(
      () => this.#calls.any,
      () => send({ kind: "who" }),
      (again) => this.#keeper.steal(again),
    );
    this.#channel.addEventListener("message", ({ data }: MessageEvent<FromLeader | ToLeader>) => {
      // The other tabs' questions are on the channel, too.
      if (data.kind !== "call" && data.kind !== "who" && data.kind !== "online") this.#hear(data);
    });
    addEventListener("online", this.#online);
    this.#keeper = new Keeper(start, (message) => this.#emit("restarted", { message }));
    send({ kind: "who" });
  }

  /** The people enrolled on this device, in the order of their enrolment. */
  people(): Promise<Person[]> {
    return this.#ask<Person[]>(null, "people", []);
  }

  /**
   * Trades a one-time code for a replica on this device, or renews the one of the same user and server; its work stays.
   * Needs the network.
   *
   * @param server the server's address, e.g. `https://cairn.example`
   * @param code as it was shown; case, spaces and hyphens do not matter to the server
   * @param deviceName what people call the device, 1 to 80 characters
   */
  enrol(server: string, code: string, deviceName: string): Promise<Person> {
    return this.#ask<Person>(null, "enrol", [server, code, deviceName]);
  }

  /**
   * Removes a person's replica from this device. Rejects with code `unsent_work` when something has not reached the server,
   * unless `evenIfUnsent`.
   */
  async forget(person: string, evenIfUnsent = false): Promise<void> {
    await this.#ask<void>(null, "forget", [person, evenIfUnsent]);
    this.#replicas.delete(person);
    this.#sync.delete(person);
  }

  /** The replica of a person of {@link people}. Always the same object for the same person. */
  replica(person: string): Replica {
    let replica = this.#replicas.get(person);
    if (!replica) {
      replica = new Replica(person, (method, args) => this.#ask(person, method, args));
      this.#replicas.set(person, replica);
    }
    return replica;
  }

  /** How syncing goes for a person, as last heard. */
  syncState(person: string): SyncState {
    return this.#sync.get(person) ?? { state: "idle" };
  }

  /** Calls `listener` at every event of this name, of all tabs; returns what ends that. */
  on<E extends keyof ClientEvents>(event: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener as Listener<never>));
    return () => void listeners.delete(listener as Listener<never>);
  }

  /** Ends this tab's part. What waits is rejected with code `closed`; what was saved is saved. */
  close(): void {
    removeEventListener("online", this.#online);
    this.#watch.close();
    this.#keeper.close();
    this.#channel.close();
    this.#release();
    this.#calls.rejectAll({ code: "closed", message: "the client was closed" });
  }

  async #ask<T>(person: string | null, method: string, args: unknown[]): Promise<T> {
    this.#watch.begin();
    return (await this.#calls.ask(person, method, args)) as T;
  }

  #hear(message: FromLeader): void {
    this.#watch.heard();
    switch (message.kind) {
      case "leader":
        if (!message.ready) return;
        for (const [person, state] of Object.entries(message.sync)) this.#sync.set(person, state);
        this.#calls.ledBy(message.leader);
        this.#emit("leader", { leader: message.leader });
        return;
      case "answer":
        this.#calls.answered(message);
        return;
      case "changed":
        this.#emit("changed", { person: message.person, what: message.what });
        return;
      case "sync":
        this.#sync.set(message.person, message.state);
        this.#emit("sync", { person: message.person, ...message.state });
        return;
      case "restarted":
        this.#calls.failed(message.leader, message.message);
        this.#emit("restarted", { message: message.message });
    }
  }

  #emit<E extends keyof ClientEvents>(event: E, value: ClientEvents[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as Listener<E>)(value);
  }
}

/**
 * Opens this tab's client.
 *
 * @throws {CairnError} with code `no_engine` where the browser lacks what is needed: workers, Web Locks, BroadcastChannel,
 * IndexedDB, WebAssembly, and a secure context (HTTPS, or loopback)
 */
export function openClient(options: ClientOptions = {}): Client {
  const needed = ["Worker", "BroadcastChannel", "indexedDB", "WebAssembly", "locks"];
  const missing = needed.filter((name) => !(name in globalThis) && !(name in navigator));
  if (missing.length > 0) {
    throw new CairnError({ code: "no_engine", message: `this browser lacks ${missing.join(", ")}` });
  }
  return new Client(options);
}
