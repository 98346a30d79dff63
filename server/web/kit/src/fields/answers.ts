/** Answers as inputs make them: texts as they are typed, anything else as JSON. What they mean is the engine's to say. */

import type { Answers, Fault, Field, Form, Value } from "@cairn/client";
import { words as w } from "./FieldBlock.words.ts";

/** The field that every form has. */
export const ON = "on";

/** The day, as a field like any other. */
export function dayField(): Field {
  return { key: ON, label: w.day, type: "date", required: true };
}

/** The answers with one replaced; an empty one is no answer. */
export function withAnswer(answers: Answers, key: string, value: Value): Answers {
  const next = { ...answers };
  if (value === null || value === "") delete next[key];
  else next[key] = value;
  return next;
}

/** What differs: the fields of `next` that `before` has otherwise, and `null` for those that it does not have any more. */
export function touched(before: Answers, next: Answers): Answers {
  const changed: Answers = {};
  for (const [key, value] of Object.entries(next)) {
    const old = before[key];
    if (isGroup(value)) {
      const entries = touchedEntries(isGroup(old) ? old : {}, value);
      if (Object.keys(entries).length > 0) changed[key] = entries;
    } else if (old !== value) changed[key] = value;
  }
  for (const [key, old] of Object.entries(before)) {
    if (key in next) continue;
    changed[key] = isGroup(old) ? touchedEntries(old, {}) : null;
  }
  return changed;
}

/** The values with such differences in them. */
export function overlaid(before: Answers, changed: Answers): Answers {
  let next = before;
  for (const [key, value] of Object.entries(changed)) {
    const old = before[key];
    next = withAnswer(next, key, isGroup(value) ? overlaidEntries(isGroup(old) ? old : {}, value) : value);
  }
  return next;
}

type Entries = { [entry: string]: Answers };

function isGroup(value: Value | undefined): value is Entries {
  return typeof value === "object" && value !== null;
}

function touchedEntries(before: Entries, next: Entries): Entries {
  const changed: Record<string, Answers | null> = {};
  for (const [entry, answers] of Object.entries(next)) {
    const difference = touched(before[entry] ?? {}, answers);
    if (!(entry in before) || Object.keys(difference).length > 0) changed[entry] = difference;
  }
  for (const entry of Object.keys(before)) if (!(entry in next)) changed[entry] = null;
  return changed as Entries;
}

function overlaidEntries(before: Entries, changed: Entries): Entries {
  const next = { ...before };
  for (const [entry, answers] of Object.entries(changed) as [string, Answers | null][]) {
    if (answers === null) delete next[entry];
    else next[entry] = overlaid(before[entry] ?? {}, answers);
  }
  return next;
}

/** The first fault of each field, by its path. */
export function faultsByField(faults: readonly Fault[]): Map<string, Fault> {
  const map = new Map<string, Fault>();
  for (const fault of faults) if (!map.has(fault.field)) map.set(fault.field, fault);
  return map;
}

/** The faults in the order in which a form asks. */
export function inFormOrder(form: Form, faults: readonly Fault[]): Fault[] {
  const keys = [ON, ...form.fields.map(({ key }) => key)];
  const place = ({ field }: Fault): number => keys.indexOf(field.split("/")[0] ?? "");
  return [...faults].sort((a, b) => place(a) - place(b));
}

/** The id of a field's input on the page. */
export function inputId(path: string): string {
  return `field-${path.replaceAll("/", "-")}`;
}
