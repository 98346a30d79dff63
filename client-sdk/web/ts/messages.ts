/** What the tabs and the leading worker say to each other over one BroadcastChannel. */

import type { ErrorParts } from "./errors.ts";
import type { SyncState, What } from "./types.ts";

export const CHANNEL = "cairn";
/** The Web Lock whose holder leads. */
export const LEADER_LOCK = "cairn-leader";

/** The Web Lock that a tab holds as long as it lives, so that the leader learns of its end. */
export function tabLock(tab: string): string {
  return `cairn-tab-${tab}`;
}

/** A call of a tab. `person` is null for calls to the device. */
export interface Call {
  kind: "call";
  tab: string;
  id: number;
  person: string | null;
  method: string;
  args: unknown[];
}

export type ToLeader =
  | Call
  | { kind: "who" }
  /** The page hears that the network is back; a worker is not always told. */
  | { kind: "online" };

export type FromLeader =
  /** In answer to `who`, and when a leader starts. `ready` once it takes calls. */
  | { kind: "leader"; leader: string; ready: boolean; sync: Record<string, SyncState> }
  | { kind: "answer"; leader: string; tab: string; id: number; value?: unknown; error?: ErrorParts }
  | { kind: "changed"; person: string | null; what: What[] }
  | { kind: "sync"; person: string; state: SyncState }
  | { kind: "restarted"; leader: string; message: string };

/** What a page says to its own worker. */
export type ToWorker = { kind: "steal" };

/** What a worker says to its own page before it ends; `told` when it has told all tabs of its failure itself. */
export type FromWorker = { kind: "ended"; why: "failed" | "stolen"; message: string; told: boolean };

/** Calls that may be asked again when it is not known whether they were answered: they read, or doing them twice is doing them once. */
const REPEATABLE = new Set([
  "people", "status", "forms", "form", "formOf", "units", "list", "count", "show", "history", "totals", "drafts",
  "exportUnsent", "keepDraft", "dropDraft", "finishDraft", "importCopy", "sync",
]);

export function isRepeatable(method: string): boolean {
  return REPEATABLE.has(method);
}
