/** Where a person may log. Which unit is meant when nothing is said is the engine's to decide; this only offers a choice. */

import type { UnitInfo } from "@cairn/client";

/** The units to choose from; none when there is no choice to make. */
export function choices(units: UnitInfo[]): UnitInfo[] {
  const own = units.filter(({ roles }) => roles.recorder || roles.reviewer || roles.administrator);
  const facilities = own.filter(({ kind }) => kind !== "prefecture" && kind !== "county");
  if (facilities.length === 1 || own.length <= 1) return [];
  return facilities.length > 0 ? facilities : own;
}
