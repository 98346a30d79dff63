/** What somebody has begun to write about a record: stays while they look at others, and until it was taken by the server. */

import type { Answers, Value } from "@cairn/client";
import { session } from "../../app/session.svelte.ts";

export class Draft {
  comment = $state("");
  reason = $state("");
  void = $state("");
  duplicate = $state("");
  /** Why a held change is not let in. */
  rejection = $state("");
  /** New values for fields in which values disagree, by field. */
  settled = $state<Record<string, Value>>({});
  /** The answers as edited, and those that they were when that began. */
  edited = $state.raw<{ before: Answers; after: Answers; seen: string[] } | null>(null);
}

const drafts = new Map<string, Draft>();

/** What was begun about this record, or about whatever else has an id. Nobody sees what somebody else began at the same desk. */
export function draftOf(id: string): Draft {
  const key = `${session.user?.username ?? ""} ${id}`;
  let draft = drafts.get(key);
  if (!draft) drafts.set(key, (draft = new Draft()));
  return draft;
}
