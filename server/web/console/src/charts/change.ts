/** Figures beside those of the period before. */

import { number } from "@cairn/kit/words/moment.ts";
import { t } from "@cairn/kit/words/t.ts";
import type { Schemas } from "../api/client.ts";
import { words as w } from "./change.words.ts";

export type Change = Pick<Schemas["Change"], "before" | "difference" | "percent">;

/** How a figure has changed: `+109 %`, to a tenth as the server says it; in words where there was nothing before. */
export function changeInWords({ before, difference, percent }: Change): string {
  if (difference === 0) return t(w.same);
  if (percent === null || percent === undefined) return before === 0 ? t(w.fresh) : `${sign(difference)}${number(Math.abs(difference))}`;
  return `${sign(percent)}${number(Math.abs(percent))} %`;
}

function sign(n: number): string {
  return n < 0 ? "\u2212" : "+";
}

/** A change from what it was; the percentage is to a tenth, as the server says it. */
export function changeOf(before: number, difference: number): Change {
  return { before, difference, percent: before === 0 ? null : Math.round((difference / Math.abs(before)) * 1000) / 10 };
}

/** The sum of several changes. */
export function together(changes: Change[]): Change {
  const before = changes.reduce((sum, one) => sum + one.before, 0);
  const difference = changes.reduce((sum, one) => sum + one.difference, 0);
  return changeOf(before, difference);
}
