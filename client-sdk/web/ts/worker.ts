/**
 * The worker of a tab. All but one only wait for the lead; the one that has it loads the engine and answers everybody.
 *
 * Whoever leads may be overtaken, when its tab is frozen. Nothing is written twice then: opening the device begins a new term,
 * and every commit of an older term fails.
 */

import { openDevice, panicPlace } from "./engine.ts";
import { errorParts } from "./errors.ts";
import { Leader } from "./leader.ts";
import { CHANNEL, LEADER_LOCK, type FromLeader, type FromWorker, type ToLeader, type ToWorker } from "./messages.ts";

const name = crypto.randomUUID();
const channel = new BroadcastChannel(CHANNEL);
const queue = new AbortController();
let leads = false;
let ended = false;
let leader: Leader | null = null;

function send(message: FromLeader): void {
  if (!ended) channel.postMessage(message);
}

function end(why: FromWorker["why"], error: unknown): void {
  if (ended) return;
  const message = panicPlace() ?? errorParts(error, "no_engine").message;
  if (why === "failed" && leads) send({ kind: "restarted", leader: name, message });
  const last: FromWorker = { kind: "ended", why, message, told: leads };
  self.postMessage(last);
  ended = true;
  channel.close();
  self.close();
}

function failed(error: unknown): void {
  end(errorParts(error, "").code === "not_leading" ? "stolen" : "failed", error);
}

/** Runs the engine as long as the lock is held: until this worker ends. */
async function lead(): Promise<never> {
  leads = true;
  channel.addEventListener("message", ({ data }: MessageEvent<ToLeader | FromLeader>) => {
    if (data.kind === "call") void leader?.answer(data);
    if (data.kind === "who") announce();
    if (data.kind === "online") leader?.syncing.networkReturned();
  });
  announce();
  const opened = new Leader(await openDevice(), name, send, failed);
  leader = opened;
  announce();
  await opened.begin();
  return new Promise(() => {});
}

function announce(): void {
  send({ kind: "leader", leader: name, ready: leader !== null, sync: leader?.syncing.states() ?? {} });
}

function ask(options: LockOptions): void {
  navigator.locks.request(LEADER_LOCK, options, lead).catch((error: unknown) => {
    const aborted = error instanceof DOMException && error.name === "AbortError";
    if (aborted && !leads) return;
    if (aborted) end("stolen", error);
    else failed(error);
  });
}

// A panic inside a promise that nobody awaits arrives here.
self.addEventListener("error", (event) => failed(event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => failed(event.reason));
self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind !== "steal" || leads) return;
  queue.abort();
  ask({ steal: true });
});

ask({ signal: queue.signal });
