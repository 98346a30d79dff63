/** What people call the server's words, and how names stand in a sentence. */

import { ago, momentInWords } from "@cairn/kit/words/moment.ts";
import { t } from "@cairn/kit/words/t.ts";
import type { Role } from "../../app/session.svelte.ts";
import { words as kinds } from "./kinds.words.ts";
import { words as roles } from "./roles.words.ts";

/** From the one who may do most. */
export const ROLES: Role[] = ["administrator", "reviewer", "recorder", "observer"];
export const KINDS = ["prefecture", "county", "clinic", "school", "other"] as const;

export function roleName(role: string): string {
  const known = roles[role as keyof typeof roles];
  return known ? t(known) : role;
}

export function kindName(kind: string): string {
  const known = kinds[kind as keyof typeof kinds];
  return known ? t(known) : kind;
}

/** A name within a sentence: its direction ends with it. */
export function apart(name: string): string {
  return `\u2068${name}\u2069`;
}

/** A moment of the server's, in words. */
export function moment(text: string): string {
  return momentInWords(Date.parse(text));
}

/** How long ago a moment of the server's was. */
export function since(text: string): string {
  return ago(Date.parse(text));
}
