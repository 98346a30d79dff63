/** Answers as the API takes them: a number that was typed as a text is sent as a number. Whether it is a good one is the server's to say. */

import type { Answers, Field, Form, Value } from "@cairn/client";

/** The digits of Tibet, and those as wide as a Chinese letter, as ASCII. */
function digits(text: string): string {
  return text.normalize("NFKC").replace(/[\u0f20-\u0f29]/g, (digit) => String(digit.charCodeAt(0) - 0x0f20)).trim();
}

/** One value; a text that is no number stays one, and the server says what is wrong with it. */
export function valueSent(field: Field | undefined, value: Value): Value {
  if (value === null || value === "") return null;
  if (typeof value === "string" && (field?.type === "integer" || field?.type === "tally")) {
    const text = digits(value);
    return /^-?\d{1,15}$/.test(text) ? Number(text) : value;
  }
  if (typeof value === "string") return value.trim();
  if (typeof value === "object" && field?.type === "group") {
    return Object.fromEntries(Object.entries(value).map(([entry, answers]) => [entry, answers === null ? null : fieldsSent(field.fields ?? [], answers)])) as Value;
  }
  return value;
}

function fieldsSent(fields: Field[], answers: Answers): Answers {
  return Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, valueSent(fields.find((field) => field.key === key), value)]));
}

export function answersSent(form: Form | undefined, answers: Answers): Answers {
  return fieldsSent(form?.fields ?? [], answers);
}

/** The answer that sets what `path` names, `field` or `group.entry.field`, to a value. */
export function answerAt(path: string, value: Value): Answers {
  const [key = "", entry, inner] = path.split(".");
  return entry === undefined || inner === undefined ? { [key]: value } : { [key]: { [entry]: { [inner]: value } } };
}
