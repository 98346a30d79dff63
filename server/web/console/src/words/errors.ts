/** Errors in a person's language. */

import { t } from "@cairn/kit/words/t.ts";
import { words } from "./errors.words.ts";

/** The sentence for a code; for one without its own, a general one with the code behind it, to be told to whoever runs the server. */
export function errorInWords(code: string): string {
  const known = words[code as keyof typeof words];
  return known ? t(known) : `${t(words.other)} (${code})`;
}
