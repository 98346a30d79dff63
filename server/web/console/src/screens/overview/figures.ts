/** What the overview makes of the server's totals: nothing is added up but rows of one table. */

import type { Schemas } from "../../api/client.ts";
import { catalog } from "../../app/catalog.svelte.ts";
import { together, type Change } from "../../charts/change.ts";

export type Row = Schemas["SummaryRow"];

/** The name under which the number of records stands beside the measures. */
export const RECORDS = "records";

export interface Figure {
  measure: string;
  value: number;
  change: Change | null;
}

/** A measure of a row. */
export function figure(row: Row | undefined, measure: string): Figure {
  const value = measure === RECORDS ? (row?.records ?? 0) : (row?.measures[measure] ?? 0);
  const compared = row?.compared;
  const change = compared ? (measure === RECORDS ? compared.records : (compared.measures[measure] ?? null)) : null;
  return { measure, value, change: change ?? null };
}

/** The records, and every measure that is or was there, in the order of the forms. */
export function figuresOf(row: Row | undefined): Figure[] {
  const there = new Set([...Object.keys(row?.measures ?? {}), ...Object.keys(row?.compared?.measures ?? {})]);
  const known = [...catalog.measures.keys()].filter((measure) => there.has(measure));
  const other = [...there].filter((measure) => !catalog.measures.has(measure)).sort();
  return [RECORDS, ...known, ...other].map((measure) => figure(row, measure));
}

/** Sums by the units right below `unit`, in the order of the tree; what `unit` itself holds stands under its own code. */
export function belowOf(unit: string, rows: Row[], measure: string): { code: string; figure: Figure }[] {
  const children = catalog.below(unit);
  const groups = new Map<string, Figure[]>([[unit, []], ...children.map(({ code }): [string, Figure[]] => [code, []])]);
  for (const row of rows) {
    const path = catalog.unit(row.group ?? "")?.path ?? "";
    const child = children.find((one) => path.startsWith(one.path));
    groups.get(child?.code ?? unit)?.push(figure(row, measure));
  }
  return [...groups].flatMap(([code, figures]) => {
    if (figures.length === 0 && code === unit) return [];
    const changes = figures.flatMap(({ change }) => change ?? []);
    const value = figures.reduce((sum, one) => sum + one.value, 0);
    const change = changes.length > 0 ? together(changes) : null;
    return [{ code, figure: { measure, value, change } }];
  });
}
