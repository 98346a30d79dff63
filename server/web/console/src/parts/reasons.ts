/** Why the server holds or refuses a change, in the words of whoever decides about it. */

import { t } from "@cairn/kit/words/t.ts";
import { words } from "./reasons.words.ts";

export function reasonInWords(code: string): string {
  return t(words[code as keyof typeof words] ?? words.other);
}
