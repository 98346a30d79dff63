/** What a fault says, in a person's language. Which faults there are is the engine's word. */

import type { Fault } from "@cairn/client";
import { number } from "../words/moment.ts";
import { t } from "../words/t.ts";
import { words as w } from "./faults.words.ts";

export function faultInWords({ code, min, max }: Fault): string {
  switch (code) {
    case "required":
      return t(w.required);
    case "wrong_type":
      return t(w.wrong_type);
    case "too_small":
      return t(w.too_small, number(min ?? 0));
    case "too_large":
      return t(w.too_large, number(max ?? 0));
    case "not_a_choice":
      return t(w.not_a_choice);
    case "too_long":
      return t(w.too_long, number(max ?? 0));
    case "control_character":
      return t(w.control_character);
    case "not_a_date":
      return t(w.not_a_date);
    default:
      return t(w.other);
  }
}
