/** Days, moments and numbers as people say them. Days are `2021-03-15` by the device's own calendar. */

import { speech } from "./language.svelte.ts";
import { words as w } from "./moment.words.ts";
import { t } from "./t.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The day of a moment, by the device's own time zone. */
export function dayOf(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Today, or so many days before. */
export function daysBefore(days: number, from = new Date()): string {
  return dayOf(new Date(from.getFullYear(), from.getMonth(), from.getDate() - days));
}

/** `3 days ago`. */
export function ago(ms: number, now = Date.now()): string {
  const past = Math.max(0, now - ms);
  if (past < MINUTE) return t(w.justNow);
  if (past < HOUR) return t(w.minutesAgo, Math.floor(past / MINUTE));
  if (past < DAY) return t(w.hoursAgo, Math.floor(past / HOUR));
  if (past < 60 * DAY) return t(w.daysAgo, Math.floor(past / DAY));
  return t(w.monthsAgo, Math.floor(past / (30.44 * DAY)));
}

/** A day in words: today, yesterday, or with its month, and its year if that is another. */
export function dayInWords(day: string | null): string {
  if (day === null) return t(w.noDay);
  if (day === daysBefore(0)) return t(w.today);
  if (day === daysBefore(1)) return t(w.yesterday);
  return calendarDay(day);
}

/** Month and day, and the year if it is another. */
export function calendarDay(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const sameYear = year === new Date().getFullYear();
  // Browsers do not know Tibetan dates.
  if (speech.now === "bo") return (sameYear ? "" : `${year} `) + t(w.tibetanMonthDay, month, date);
  return new Intl.DateTimeFormat(speech.tag, { month: "short", day: "numeric", ...(sameYear ? {} : { year: "numeric" }) }).format(
    new Date(year, month - 1, date),
  );
}

/** A moment: day and time. */
export function momentInWords(ms: number): string {
  const date = new Date(ms);
  const time = `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
  return `${dayInWords(dayOf(date))} ${time}`;
}

/** A number with its thousands apart. */
export function number(n: number): string {
  return new Intl.NumberFormat(speech.now === "bo" ? "en" : speech.tag).format(n);
}
