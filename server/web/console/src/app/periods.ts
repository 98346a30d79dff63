/** Stretches of whole days, both ends included, as `2021-03-15`. */

import { dayOf } from "@cairn/kit/words/moment.ts";

export interface Period {
  from: string;
  to: string;
}

/** `months` whole months, of which `last` (`2022-02`) is the last. */
export function monthsUpTo(last: string, months: number): Period {
  const [year = 0, month = 1] = last.split("-").map(Number);
  return { from: dayOf(new Date(year, month - months, 1)), to: dayOf(new Date(year, month, 0)) };
}

export function thisMonth(now = new Date()): Period {
  return monthsUpTo(dayOf(now).slice(0, 7), 1);
}

export function lastMonth(now = new Date()): Period {
  return monthsUpTo(dayOf(new Date(now.getFullYear(), now.getMonth(), 0)).slice(0, 7), 1);
}

export function thisQuarter(now = new Date()): Period {
  const last = Math.floor(now.getMonth() / 3) * 3 + 3;
  return monthsUpTo(`${now.getFullYear()}-${String(last).padStart(2, "0")}`, 3);
}

export function thisYear(now = new Date()): Period {
  return yearOf(now.getFullYear());
}

export function yearOf(year: number): Period {
  return { from: `${year}-01-01`, to: `${year}-12-31` };
}

/** The months of a period, `2021-03`, in order. */
export function monthsOf({ from, to }: Period): string[] {
  const months: string[] = [];
  let [year = 0, month = 1] = from.split("-").map(Number);
  const last = to.slice(0, 7);
  for (let text = from.slice(0, 7); text <= last && months.length < 240; ) {
    months.push(text);
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year += 1;
    text = `${year}-${String(month).padStart(2, "0")}`;
  }
  return months;
}

/** The days of a month. */
export function monthPeriod(month: string): Period {
  return monthsUpTo(month, 1);
}

/** Whether it is whole months, so that months can be compared with months. */
export function isWholeMonths(period: Period): boolean {
  const months = monthsOf(period);
  const [first, last] = [months[0], months.at(-1)];
  return first !== undefined && last !== undefined && period.from === monthPeriod(first).from && period.to === monthPeriod(last).to;
}
