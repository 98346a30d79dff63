/** Form definitions as the editor holds them, and as the server takes them. Whether one is valid is the server's to say. */

import type { Field, FieldType, Form, Labels } from "@cairn/client";

export const TYPES: FieldType[] = ["text", "narrative", "integer", "tally", "yes_no", "choice", "date", "group"];

export type Equals = string | number | boolean;
export interface Condition {
  field: string;
  equals: Equals;
}
export interface Measure {
  measure: string;
  label: Labels;
  count?: boolean;
  sum?: string | null;
  when?: Condition[] | Condition;
}
/** A form with all that its measures say. */
export type Definition = Omit<Form, "measures"> & { measures?: Measure[] };

export interface DraftOption {
  uid: string;
  value: string;
  label: Labels;
}
export interface DraftField {
  uid: string;
  key: string;
  label: Labels;
  type: FieldType;
  required: boolean;
  /** Null where the type's own bound holds. */
  max_chars: number | null;
  min: number | null;
  max: number | null;
  options: DraftOption[];
  fields: DraftField[];
}
export interface DraftMeasure {
  uid: string;
  measure: string;
  label: Labels;
  /** The field that is summed; empty: each record counts one. */
  sum: string;
  when: (Condition & { uid: string })[];
}
export interface DraftForm {
  id: string;
  title: Labels;
  fields: DraftField[];
  measures: DraftMeasure[];
}

let last = Date.now();
/** What tells one part of a draft from another, whatever people call it. */
export function uid(): string {
  last += 1;
  return last.toString(36);
}

export const noLabels = (): Labels => ({ zh: "", bo: "", en: "" });

/** A field that the server would take once it has names. */
export function newField(taken: string[]): DraftField {
  return { uid: uid(), key: free("field", taken), label: noLabels(), type: "text", required: false, max_chars: null, min: null, max: null, options: [], fields: [] };
}

export function newOption(taken: string[]): DraftOption {
  return { uid: uid(), value: free("option", taken), label: noLabels() };
}

export function newMeasure(taken: string[]): DraftMeasure {
  return { uid: uid(), measure: free("measure", taken), label: noLabels(), sum: "", when: [] };
}

function free(word: string, taken: string[]): string {
  let n = taken.length + 1;
  while (taken.includes(`${word}_${n}`)) n += 1;
  return `${word}_${n}`;
}

/** The bounds that the server writes where a definition gave none. */
const NUMBER_MAX = 1_000_000_000;

export function draftOf(form: Definition): DraftForm {
  return { id: form.id, title: { ...form.title }, fields: form.fields.map(draftField), measures: measuresOf(form).map(draftMeasure) };
}

function draftField(field: Field): DraftField {
  return {
    uid: uid(),
    key: field.key,
    label: { ...field.label },
    type: field.type,
    required: field.required ?? false,
    max_chars: field.max_chars ?? null,
    min: field.min === -NUMBER_MAX ? null : (field.min ?? null),
    max: field.max === NUMBER_MAX ? null : (field.max ?? null),
    options: (field.options ?? []).map(({ value, label }) => ({ uid: uid(), value, label: { ...label } })),
    fields: (field.fields ?? []).map(draftField),
  };
}

function draftMeasure({ measure, label, sum, when }: Measure): DraftMeasure {
  return { uid: uid(), measure, label: { ...label }, sum: sum ?? "", when: conditionsOf(when).map((one) => ({ uid: uid(), ...one })) };
}

export function measuresOf(form: Definition): Measure[] {
  return form.measures ?? [];
}

export function conditionsOf(when: Measure["when"]): Condition[] {
  return when === undefined ? [] : Array.isArray(when) ? when : [when];
}

/** What is sent: only the settings that belong to each type. */
export function definitionOf(draft: DraftForm, version: number): Definition {
  return { id: draft.id.trim(), version, title: { ...draft.title }, fields: draft.fields.map(fieldOf), measures: draft.measures.map(measureOf) };
}

function fieldOf({ key, label, type, required, max_chars, min, max, options, fields }: DraftField): Field {
  const field: Field = { key: key.trim(), label: { ...label }, type };
  if (required) field.required = true;
  if (type === "text" && max_chars !== null) field.max_chars = max_chars;
  if (type === "integer" && min !== null) field.min = min;
  if ((type === "integer" || type === "tally") && max !== null) field.max = max;
  if (type === "choice") field.options = options.map((one) => ({ value: one.value.trim(), label: { ...one.label } }));
  if (type === "group") field.fields = fields.map(fieldOf);
  return field;
}

function measureOf({ measure, label, sum, when }: DraftMeasure): Measure {
  const adds = sum === "" ? { count: true } : { sum };
  const conditions = when.map(({ field, equals }) => ({ field, equals }));
  return { measure: measure.trim(), label: { ...label }, ...adds, ...(conditions.length > 0 ? { when: conditions } : {}) };
}

/** Calls a field otherwise wherever measures speak of it. */
export function rekey(draft: DraftForm, before: string, after: string): void {
  for (const measure of draft.measures) {
    if (measure.sum === before) measure.sum = after;
    for (const condition of measure.when) if (condition.field === before) condition.field = after;
  }
}

/** As much of a definition as can be shown before it is whole: each code once. */
export function showable(form: Definition): Form {
  const field = (one: Field): Field => ({
    ...one,
    ...(one.options ? { options: once(one.options, ({ value }) => value) } : {}),
    ...(one.fields ? { fields: once(one.fields, ({ key }) => key).map(field) } : {}),
  });
  const fields = once(form.fields, ({ key }) => key).filter(({ key }) => key !== "on");
  return { id: form.id, version: form.version, title: form.title, fields: fields.map(field), measures: [] };
}

function once<T>(items: T[], key: (item: T) => string): T[] {
  const seen = new Set([""]);
  return items.filter((item) => !seen.has(key(item)) && seen.add(key(item)));
}
