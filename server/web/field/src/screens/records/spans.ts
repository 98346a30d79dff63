/** The spans of time that totals are told for, by the device's own calendar: up to and including today. */

import { dayOf } from "@cairn/kit/words/moment.ts";

export const SPANS = ["week", "month", "year"] as const;
export type Span = (typeof SPANS)[number];

/** The first and the last day of a span. A week begins on Monday. */
export function daysOf(span: Span, now = new Date()): { from: string; to: string } {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  const first = {
    week: new Date(year, month, day - ((now.getDay() + 6) % 7)),
    month: new Date(year, month, 1),
    year: new Date(year, 0, 1),
  }[span];
  return { from: dayOf(first), to: dayOf(now) };
}
