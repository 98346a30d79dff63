/** Which records a list shows: the parts of the address that narrow it. */

import type { Query } from "../../app/router.svelte.ts";

export const FILTERS = ["unit", "alone", "form", "sector", "from", "to", "status", "has", "worker", "text", "measure", "counted"] as const;
export type FilterKey = (typeof FILTERS)[number];
export type Filter = Partial<Record<FilterKey, string>>;

export const STATUSES = ["open", "approved", "changed", "returned", "void"] as const;
export const HAS = ["conflict", "fault", "held", "comment", "duplicate"] as const;

/** What of an address narrows a list. */
export function filterOf(query: Query): Filter {
  const filter: Filter = {};
  for (const key of FILTERS) if (query[key]) filter[key] = query[key];
  return filter;
}

/** Whether the server reads records one by one for it, and so wants a unit and days. */
export function needsDays(filter: Filter): boolean {
  return filter.text !== undefined || filter.has === "duplicate";
}

export function sameFilter(one: Filter, other: Filter): boolean {
  return FILTERS.every((key) => (one[key] ?? "") === (other[key] ?? ""));
}

/** The address of the same records as a table. */
export function tableOf(filter: Filter, kind: "csv" | "xlsx"): string {
  return `/api/v1/records.${kind}?${new URLSearchParams(filter as Record<string, string>).toString()}`;
}
