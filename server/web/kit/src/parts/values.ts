/** Values as people read them. */

import type { Answers, Field, Form, Value } from "@cairn/client";
import { dayField, ON } from "../fields/answers.ts";
import { calendarDay, number } from "../words/moment.ts";
import { label, t } from "../words/t.ts";
import { words as w } from "./values.words.ts";

/** One value, with the words of its field's form. */
export function valueInWords(field: Field | undefined, value: Value | undefined): string {
  if (value === null || value === undefined || value === "") return t(w.none);
  if (typeof value === "boolean") return value ? t(w.yes) : t(w.no);
  if (typeof value === "number") return number(value);
  if (typeof value === "object") return t(w.entries, Object.keys(value).length);
  if (field?.type === "choice") {
    const option = field.options?.find((one) => one.value === value);
    return option ? label(option.label) : value;
  }
  return field?.type === "date" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? calendarDay(value) : value;
}

/** The field that `path` names: `key`, `group.entry.key` or `group/entry/key`. */
export function fieldAt(form: Form | undefined, path: string): Field | undefined {
  const [key = "", , inner] = path.split(/[./]/);
  const field = key === ON ? dayField() : form?.fields.find((one) => one.key === key);
  return inner === undefined ? field : field?.fields?.find((one) => one.key === inner);
}

/** What people call the field that `path` names. */
export function fieldName(form: Form | undefined, path: string): string {
  const outer = fieldAt(form, path.split(/[./]/)[0] ?? "");
  const inner = /[./]/.test(path) ? fieldAt(form, path) : undefined;
  return [outer, inner].flatMap((field) => (field ? [label(field.label)] : [])).join(" · ") || path;
}

/** The values on one line, without the day: what tells one record from another. */
export function valuesInWords(form: Form, values: Answers): string {
  return form.fields
    .filter(({ key }) => values[key] !== undefined && values[key] !== "")
    .map((field) => (typeof values[field.key] === "boolean" ? (values[field.key] ? label(field.label) : "") : valueInWords(field, values[field.key])))
    .filter(Boolean)
    .join(" · ");
}
