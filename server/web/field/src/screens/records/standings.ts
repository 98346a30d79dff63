/** What a list can be narrowed to: where records stand between phone and server, and among reviewers. */

import type { RecordFilter } from "@cairn/client";
import { words as w } from "../../parts/marks.words.ts";

export const STANDINGS = [
  { key: "on_this_device", phrase: w.onThisDevice, filter: { receipt: "on_this_device" } },
  { key: "on_the_server", phrase: w.onTheServer, filter: { receipt: "on_the_server" } },
  { key: "held", phrase: w.held, filter: { receipt: "held" } },
  { key: "refused", phrase: w.refused, filter: { receipt: "refused" } },
  { key: "conflicting", phrase: w.conflict, filter: { conflicting: true } },
  { key: "faulty", phrase: w.faulty, filter: { faulty: true } },
  { key: "commented", phrase: w.withComments, filter: { commented: true } },
  { key: "returned", phrase: w.returned, filter: { status: "returned" } },
  { key: "approved", phrase: w.approved, filter: { status: "approved" } },
  { key: "changed", phrase: w.changed, filter: { status: "changed" } },
  { key: "void", phrase: w.void, filter: { status: "void" } },
] as const satisfies readonly { key: string; phrase: unknown; filter: RecordFilter }[];
