/** The queues: what waits for somebody's decision, each kind by itself. */

import type { Schemas } from "../../api/client.ts";
import { session, type Role } from "../../app/session.svelte.ts";
import type { Report } from "../record/contract.ts";
import type { Filter } from "../records/filters.ts";

export const KINDS = ["conflicts", "duplicates", "held", "refused", "faults", "changed", "returned", "approve"] as const;
export type Kind = (typeof KINDS)[number];

const ADMINISTRATORS: Role[] = ["administrator"];
const REVIEWERS: Role[] = ["reviewer", "administrator"];

export function isFor(kind: Kind): boolean {
  return session.may(kind === "held" || kind === "refused" ? ADMINISTRATORS : REVIEWERS);
}

/** How many wait, where that is counted. */
export function countOf(kind: Kind, attention: Schemas["Attention"] | undefined): number | null {
  if (!attention || kind === "duplicates" || kind === "refused" || kind === "approve") return null;
  return attention[kind] ?? null;
}

/** Queues of records: which records each holds, and when one does not belong to it any more. */
export const RECORD_QUEUES: Partial<Record<Kind, { filter: Filter; holds: (report: Report) => boolean }>> = {
  conflicts: { filter: { has: "conflict" }, holds: ({ conflicts }) => conflicts.length > 0 },
  faults: { filter: { has: "fault" }, holds: ({ faults }) => faults.length > 0 },
  changed: { filter: { status: "changed" }, holds: ({ status }) => status === "changed" },
  returned: { filter: { status: "returned" }, holds: ({ status }) => status === "returned" },
};
