/** Where a record stands, as short words with an icon and a colour: first between phone and server, then among people. */

import type { Receipt, RecordStatus } from "@cairn/client";
import { t } from "@cairn/kit/words/t.ts";
import type { IconName } from "@cairn/kit/parts/icons.ts";
import { words as w } from "./marks.words.ts";

export type Tone = "blue" | "green" | "yellow" | "red" | "plain";

export interface Mark {
  icon: IconName;
  tone: Tone;
  text: string;
}

/** What of a record the marks are made of. */
export type Marked = Pick<Receipt, "receipt"> & { status: RecordStatus; conflicts: unknown[]; faults: unknown[]; comments: number };

const RECEIPTS: Record<Receipt["receipt"], { icon: IconName; tone: Tone; phrase: (typeof w)["held"] }> = {
  on_this_device: { icon: "phone", tone: "yellow", phrase: w.onThisDevice },
  on_the_server: { icon: "server", tone: "green", phrase: w.onTheServer },
  parked: { icon: "clock", tone: "yellow", phrase: w.parked },
  held: { icon: "hand", tone: "red", phrase: w.held },
  refused: { icon: "stop", tone: "red", phrase: w.refused },
};

export function receiptMark(receipt: Receipt["receipt"]): Mark {
  const { icon, tone, phrase } = RECEIPTS[receipt];
  return { icon, tone, text: t(phrase) };
}

/** All marks of a record; the second is the most urgent of what people said. */
export function marksOf(record: Marked): Mark[] {
  const marks = [receiptMark(record.receipt)];
  if (record.conflicts.length > 0) marks.push({ icon: "split", tone: "red", text: t(w.conflict) });
  if (record.status === "void") marks.push({ icon: "cross", tone: "plain", text: t(w.void) });
  if (record.status === "returned") marks.push({ icon: "turn", tone: "red", text: t(w.returned) });
  if (record.status === "changed") marks.push({ icon: "turn", tone: "yellow", text: t(w.changed) });
  if (record.status === "approved") marks.push({ icon: "checks", tone: "green", text: t(w.approved) });
  if (record.faults.length > 0 && record.status !== "void") marks.push({ icon: "pen", tone: "yellow", text: t(w.faulty) });
  if (record.comments > 0) marks.push({ icon: "speech", tone: "blue", text: t(w.commented, record.comments) });
  return marks;
}
