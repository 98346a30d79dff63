/** A briefing as the server makes it: blocks of text, tables and charts. What they say is the template's; here they are only shown. */

import { href } from "../../app/router.svelte.ts";
import type { Schemas } from "../../api/client.ts";

export type Briefing = Schemas["Briefing"];
export type Block = Briefing["blocks"][number];
export type Span = Schemas["BriefingSpan"];

/** Where a span leads: to the records behind a figure, or to one record. */
export function linkOf({ records, record }: Span): string | undefined {
  if (record) return href(["record", record]);
  return records ? behind(records) : undefined;
}

/** The list of the records that a filter names: of those, the ones that are in totals. */
export function behind(records: Schemas["BriefingFilter"]): string {
  const { alone, ...texts } = records;
  const filter = Object.fromEntries(Object.entries(texts).filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  return href(["records"], { ...filter, ...(alone ? { alone: "true" } : {}), counted: "true" });
}
