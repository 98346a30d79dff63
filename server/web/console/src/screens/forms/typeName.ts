import type { FieldType } from "@cairn/client";
import { t } from "@cairn/kit/words/t.ts";
import { words } from "./types.words.ts";

/** What people call a type of field. */
export function typeName(type: FieldType): string {
  return t(words[type]);
}
