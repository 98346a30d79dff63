/** The server's reasons in a person's language. */

import { words } from "./reasons.words.ts";
import { t } from "@cairn/kit/words/t.ts";

export function reasonInWords(code: string): string {
  return t(words[code as keyof typeof words] ?? words.other);
}
