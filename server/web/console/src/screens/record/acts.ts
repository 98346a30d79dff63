/** What a change did, in words. */

import type { Form } from "@cairn/client";
import { ON } from "@cairn/kit/fields/answers.ts";
import { fieldAt, fieldName, valueInWords } from "@cairn/kit/parts/values.ts";
import { number } from "@cairn/kit/words/moment.ts";
import { t } from "@cairn/kit/words/t.ts";
import { words as w } from "./acts.words.ts";
import type { Act } from "./contract.ts";

export interface ActWords {
  /** What was done, and to what. */
  what: string;
  /** A text of somebody's that goes with it. */
  said: string;
}

/** Where a form asks for what a path names; what it does not know comes last. */
export function placeOf(form: Form | undefined, path: string): number {
  const [key = ""] = path.split(/[./]/);
  const at = form?.fields.findIndex((field) => field.key === key) ?? -1;
  return key === ON ? -1 : at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

/** What a change did, in the order in which a form asks. */
export function inOrder(form: Form | undefined, acts: readonly Act[]): Act[] {
  const place = (act: Act): number => ("field" in act ? placeOf(form, act.field) : Number.MAX_SAFE_INTEGER);
  return [...acts].sort((a, b) => place(a) - place(b));
}

export function actInWords(form: Form | undefined, act: Act): ActWords {
  switch (act.did) {
    case "set":
      return { what: fieldName(form, act.field), said: valueInWords(fieldAt(form, act.field), act.value) };
    case "cleared":
      return { what: t(w.cleared, fieldName(form, act.field)), said: "" };
    case "counted":
      return { what: fieldName(form, act.field), said: act.by > 0 ? `+${number(act.by)}` : number(act.by) };
    case "typed":
      return { what: act.deleted > 0 ? t(w.rewrote, fieldName(form, act.field), number(act.deleted)) : t(w.typed, fieldName(form, act.field)), said: act.inserted };
    case "commented":
      return { what: t(w.commented), said: act.text };
    case "reviewed":
      return { what: verdictInWords(act.verdict), said: "" };
    case "attached":
      return { what: t(w.attached), said: "" };
    default:
      return { what: t(w.other), said: "" };
  }
}

export function verdictInWords(verdict: string): string {
  switch (verdict) {
    case "approved":
      return t(w.approved);
    case "returned":
      return t(w.returned);
    case "void":
      return t(w.void);
    default:
      return verdict;
  }
}
