/** What a change did, in words. */

import type { Form } from "@cairn/client";
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
