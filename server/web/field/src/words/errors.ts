/** Errors in a person's language. */

import { words } from "./errors.words.ts";
import { t } from "@cairn/kit/words/t.ts";

/** The sentence for a code; for one without its own, a general one with the code behind it, to be told to an administrator. */
export function errorInWords(code: string): string {
  const known = words[code as keyof typeof words];
  return known ? t(known) : `${t(words.other)} (${code})`;
}

/** The stable word of any error. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "unknown";
}
