/** How far a device's clock and the moment of receipt lie apart, where that is worth telling. */

import { t } from "@cairn/kit/words/t.ts";
import type { Event } from "./contract.ts";
import { words as w } from "./skew.words.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A clock that is ahead of the server's: nothing else can make a change older than it says. */
const AHEAD_MS = 5 * MINUTE;
/** Work that lay on a device for less is the everyday. */
const LATE_MS = DAY;

export function gap({ time, received }: Event): { ahead: boolean; text: string } | null {
  const waited = Date.parse(received) - Date.parse(time);
  if (waited < -AHEAD_MS) return { ahead: true, text: t(w.ahead, span(-waited)) };
  return waited > LATE_MS ? { ahead: false, text: t(w.late, span(waited)) } : null;
}

function span(ms: number): string {
  if (ms < HOUR) return t(w.minutes, Math.round(ms / MINUTE));
  return ms < 2 * DAY ? t(w.hours, Math.round(ms / HOUR)) : t(w.days, Math.round(ms / DAY));
}
