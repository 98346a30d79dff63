/** What a measure adds, in words. */

import { fieldName } from "@cairn/kit/parts/values.ts";
import { label, t } from "@cairn/kit/words/t.ts";
import { apart } from "../../parts/manage/names.ts";
import { conditionsOf, showable, type Condition, type Definition, type Measure } from "./definition.ts";
import { words as w } from "./measureInWords.words.ts";

export function measureInWords(form: Definition, { sum, when }: Measure): string {
  const shown = showable(form);
  const adds = sum ? t(w.sum, apart(fieldName(shown, sum))) : t(w.count);
  const conditions = conditionsOf(when).map((one) => t(w.equals, apart(fieldName(shown, one.field)), apart(answer(form, one))));
  return conditions.length > 0 ? t(w.when, adds, conditions.join(t(w.and))) : adds;
}

function answer(form: Definition, { field, equals }: Condition): string {
  if (typeof equals === "boolean") return equals ? t(w.yes) : t(w.no);
  const option = form.fields.find(({ key }) => key === field)?.options?.find(({ value }) => value === equals);
  return option ? label(option.label) : String(equals);
}
