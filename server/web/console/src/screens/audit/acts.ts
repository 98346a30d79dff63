/** The audit log's acts in words, and what their details mean. */

import { t } from "@cairn/kit/words/t.ts";
import type { Schemas } from "../../api/client.ts";
import { catalog } from "../../app/catalog.svelte.ts";
import { apart, kindName, roleName } from "../../parts/manage/names.ts";
import { words } from "./acts.words.ts";
import { words as details } from "./details.words.ts";

/** Every act that the server notes. */
export const ACTS: string[] = Object.keys(words);

export function actName(act: string): string {
  const known = words[act as keyof typeof words];
  return known ? t(known) : act;
}

/** Where what an act was done to can be looked at. */
export function placeOf({ act, subject }: Schemas["EntryShown"]): string[] | null {
  if (act.startsWith("unit_")) return catalog.unit(subject) ? ["units", subject] : null;
  if (act === "form_added") return ["forms", subject];
  if (act.startsWith("briefing_")) return ["briefing", "templates", ...subject.split(".")];
  if (act.startsWith("records_")) return ["record", subject];
  if (act.startsWith("device_") || act.startsWith("held_")) return null;
  return ["people", subject];
}

/** The details on one line; what has no words yet is shown as it is. */
export function detailsInWords(detail: unknown): string {
  if (typeof detail !== "object" || detail === null) return "";
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => {
      const known = details[key as keyof typeof details];
      return t(details.pair, known ? t(known as typeof details.role) : key, apart(valueInWords(key, value)));
    })
    .join(t(details.comma));
}

function valueInWords(key: string, value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (key === "role") return roleName(value);
  if (key === "kind") return kindName(value);
  return key === "from" || key === "to" || key === "parent" ? catalog.unitName(value) : value;
}
