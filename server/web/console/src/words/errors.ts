/** Errors in a person's language. */

import { t } from "@cairn/kit/words/t.ts";
import { words } from "./errors.words.ts";
import { words as manage } from "./manage.words.ts";

/** The sentence for a code; for one without its own, a general one with the code behind it, to be told to whoever runs the server. */
export function errorInWords(code: string): string {
  const known = words[code as keyof typeof words] ?? manage[code as keyof typeof manage];
  return known ? t(known) : `${t(words.other)} (${code})`;
}
