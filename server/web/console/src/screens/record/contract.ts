/** What the server says of records. Its document leaves open what stands in their values and acts: here that has a shape. */

import type { Act, Answers, Fault, Value } from "@cairn/client";
import { api, got, type Schemas } from "../../api/client.ts";

export type { Act };

interface Author {
  username?: string | null | undefined;
  time: string;
  change: string;
}

export interface Event extends Author {
  began: boolean;
  acts: Act[];
  /** When the server got it, by the server's clock. */
  received: string;
  device?: { id: string; name: string } | null | undefined;
}

export interface Review extends Author {
  verdict: string;
  reason: string;
  duplicate_of?: string | null | undefined;
  /** The changes that the verdict speaks of. */
  heads: string[];
}

export interface Conflict {
  field: string;
  values: (Author & { value: Value })[];
}

/** A record with all that was ever said of it. */
export type Report = Omit<Schemas["RecordReport"], "values" | "faults" | "history" | "reviews" | "conflicts"> & {
  values: Answers;
  faults: Fault[];
  history: Event[];
  reviews: Review[];
  conflicts: Conflict[];
};

export type Listed = Omit<Schemas["ListedRecord"], "values" | "faults"> & { values: Answers; faults: Fault[] };

/** What differs between two states of a record: of a group the entries, as `group/entry/key`. */
export type Difference = Omit<Schemas["Difference"], "fields"> & {
  fields: { field: string; before: Value | null; after: Value | null }[];
};

export interface Verdict {
  verdict: "approved" | "returned" | "void";
  reason?: string;
  duplicate_of?: string;
}

const at = (id: string): { params: { path: { id: string } } } => ({ params: { path: { id } } });

async function report(asked: Promise<unknown>): Promise<Report> {
  return (await asked) as Report;
}

export const records = {
  read: (id: string): Promise<Report> => report(got(api.GET("/api/v1/records/{id}", at(id)))),
  write: (id: string, fields: Answers, seen: string[]): Promise<Report> =>
    report(got(api.POST("/api/v1/records/{id}/fields", { ...at(id), body: { fields: fields as Record<string, never>, seen } }))),
  comment: (id: string, text: string): Promise<Report> => report(got(api.POST("/api/v1/records/{id}/comments", { ...at(id), body: { text } }))),
  review: (id: string, verdict: Verdict, seen: string[]): Promise<Report> =>
    report(got(api.POST("/api/v1/records/{id}/reviews", { ...at(id), body: { reason: "", ...verdict, seen } }))),
};

/** What differs between the state that these changes make and those; without `from` nothing was there yet, without `to` as it stands now. */
export async function difference(id: string, from: string[] | null, to: string[] | null): Promise<Difference> {
  const query = { ...(from ? { from: from.join(",") } : {}), ...(to ? { to: to.join(",") } : {}) };
  return (await got(api.GET("/api/v1/records/{id}/difference", { params: { path: { id }, query } }))) as Difference;
}

/** One verdict on many records, at most 200. */
export async function reviewMany({ verdict, reason = "" }: Verdict, ids: string[]): Promise<Schemas["ReviewsResponse"]> {
  return got(api.POST("/api/v1/reviews", { body: { verdict, reason, records: ids.map((id) => ({ id })) } }));
}
