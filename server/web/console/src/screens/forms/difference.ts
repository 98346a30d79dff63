/** What differs between two versions of a form. */

import type { Field, FieldType, Labels } from "@cairn/client";
import { LANGUAGES, type Language } from "@cairn/kit/words/language.svelte.ts";
import { conditionsOf, measuresOf, type Definition, type Measure } from "./definition.ts";

/** `at`: the names from the outside in, of a field, an option, a measure. */
export type Difference =
  | { did: "field_added" | "field_removed"; at: Labels[]; key: string; type: FieldType }
  | { did: "option_added" | "option_removed"; at: Labels[]; value: string }
  | { did: "measure_added" | "measure_removed"; at: Labels[]; id: string }
  | { did: "renamed"; at: Labels[]; language: Language; before: string; after: string }
  | { did: "type"; at: Labels[]; before: FieldType; after: FieldType }
  | { did: "required" | "optional" | "fields_moved" | "options_moved" | "measure_changed"; at: Labels[] }
  | { did: "limit"; at: Labels[]; limit: "max_chars" | "min" | "max"; before: number | null; after: number | null };

export function differences(before: Definition, after: Definition): Difference[] {
  return [
    ...renamed([after.title], before.title, after.title),
    ...fieldsDiffer([], before.fields, after.fields),
    ...measuresDiffer(measuresOf(before), measuresOf(after)),
  ];
}

function renamed(at: Labels[], before: Labels, after: Labels): Difference[] {
  return LANGUAGES.filter((language) => before[language] !== after[language]).map((language) => ({
    did: "renamed", at, language, before: before[language], after: after[language],
  }));
}

function fieldsDiffer(within: Labels[], before: Field[], after: Field[]): Difference[] {
  const found: Difference[] = [];
  const old = new Map(before.map((field) => [field.key, field]));
  const now = new Map(after.map((field) => [field.key, field]));
  for (const { key, label, type } of before) if (!now.has(key)) found.push({ did: "field_removed", at: [...within, label], key, type });
  for (const field of after) {
    const at = [...within, field.label];
    const was = old.get(field.key);
    if (was) found.push(...fieldDiffers(at, was, field));
    else found.push({ did: "field_added", at, key: field.key, type: field.type });
  }
  if (moved(before.map(({ key }) => key), after.map(({ key }) => key))) found.push({ did: "fields_moved", at: within });
  return found;
}

function fieldDiffers(at: Labels[], before: Field, after: Field): Difference[] {
  const found = renamed(at, before.label, after.label);
  if (before.type !== after.type) return [...found, { did: "type", at, before: before.type, after: after.type }];
  if ((before.required ?? false) !== (after.required ?? false)) found.push({ did: after.required ? "required" : "optional", at });
  for (const limit of ["max_chars", "min", "max"] as const) {
    const [was, is] = [bound(before, limit), bound(after, limit)];
    if (was !== is) found.push({ did: "limit", at, limit, before: was, after: is });
  }
  const [was, is] = [before.options ?? [], after.options ?? []];
  for (const { value, label } of was) if (!is.some((one) => one.value === value)) found.push({ did: "option_removed", at: [...at, label], value });
  for (const { value, label } of is) {
    const old = was.find((one) => one.value === value);
    if (old) found.push(...renamed([...at, label], old.label, label));
    else found.push({ did: "option_added", at: [...at, label], value });
  }
  if (moved(was.map(({ value }) => value), is.map(({ value }) => value))) found.push({ did: "options_moved", at });
  if (after.type === "group") found.push(...fieldsDiffer(at, before.fields ?? [], after.fields ?? []));
  return found;
}

/** What holds where a definition says nothing: texts end somewhere, numbers practically do not. */
const CHARS = 200;
const NUMBER_MAX = 1_000_000_000;

function bound(field: Field, limit: "max_chars" | "min" | "max"): number | null {
  if (limit === "max_chars") return field.type === "text" ? (field.max_chars ?? CHARS) : null;
  const value = field[limit] ?? null;
  return value !== null && Math.abs(value) === NUMBER_MAX ? null : value;
}

function measuresDiffer(before: Measure[], after: Measure[]): Difference[] {
  const found: Difference[] = [];
  for (const { measure, label } of before) if (!after.some((one) => one.measure === measure)) found.push({ did: "measure_removed", at: [label], id: measure });
  for (const one of after) {
    const was = before.find(({ measure }) => measure === one.measure);
    if (!was) found.push({ did: "measure_added", at: [one.label], id: one.measure });
    else {
      found.push(...renamed([one.label], was.label, one.label));
      if (whatItAdds(was) !== whatItAdds(one)) found.push({ did: "measure_changed", at: [one.label] });
    }
  }
  return found;
}

function whatItAdds({ sum, when }: Measure): string {
  return JSON.stringify([sum ?? null, conditionsOf(when).map(({ field, equals }) => [field, equals])]);
}

/** Whether those that are in both stand in another order. */
function moved(before: string[], after: string[]): boolean {
  return before.filter((one) => after.includes(one)).join(" ") !== after.filter((one) => before.includes(one)).join(" ");
}
