/** When to warn. */

import type { Status } from "@cairn/client";

/** Work that has waited so long is old. */
const OLD_DAYS = 7;
const DAY_MS = 86_400_000;

/** For how many days work has waited, if that is long; else 0. */
export function oldWorkDays(status: Status | null, waiting: number, now = Date.now()): number {
  if (!status || waiting === 0 || status.last_sync_ms === null) return 0;
  const days = Math.floor((now - status.last_sync_ms) / DAY_MS);
  return days >= OLD_DAYS ? days : 0;
}
