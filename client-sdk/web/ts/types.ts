/** The shapes that cross the face: the engine's own, made from the Rust types as far as they hold no values, and what this package adds. */

import type { FieldType, Labels, Reason, RecordStatus, ShownComment, ShownReview, SyncReport, Unsettled } from "./generated/index.ts";

export type {
  CopyReport, FeedStatus, FieldType, FormInfo, Labels, Person, Reason, RecordStatus, Roles, Saved, ShownComment, ShownReview,
  Status, SyncReport, Totals, UnitInfo, Unsettled, Verdict,
} from "./generated/index.ts";

/** A value of a field: text, number, yes or no, or the entries of a group by their keys. `null` is no answer. */
export type Value = string | number | boolean | null | { [entry: string]: Answers };
/** Values by field. */
export type Answers = { [field: string]: Value };

/** A rule that a value breaks. `field` is the key; inside a group `group/entry/field`. */
export interface Fault {
  field: string;
  code:
    | "required" | "wrong_type" | "too_small" | "too_large" | "not_a_choice" | "too_long" | "control_character" | "not_a_date"
    | "entry_key" | "unknown_field";
  min?: number;
  max?: number;
  expected?: FieldType;
}

/** A question of a form. */
export interface Field {
  key: string;
  label: Labels;
  type: FieldType;
  required?: boolean;
  max_chars?: number;
  min?: number;
  max?: number;
  options?: { value: string; label: Labels }[];
  fields?: Field[];
}

/** One version of a form. Every form also has the field `on`, the day, which is not among `fields`. */
export interface Form {
  id: string;
  version: number;
  title: Labels;
  fields: Field[];
  measures: { measure: string; label: Labels }[];
}

/** Where a record stands between this device and the server. */
export type Receipt =
  | { receipt: "on_this_device" | "on_the_server" | "parked"; reason?: undefined }
  | { receipt: "held" | "refused"; reason: Reason };

/** A record as lists show it. */
export type Summary = Receipt & {
  id: string;
  unit: string;
  form: string;
  form_version: number;
  worker: string;
  created_ms: number;
  /** `2021-03-15`, or null without a valid day. */
  on: string | null;
  status: RecordStatus;
  values: Answers;
  /** The fields in which values disagree. */
  conflicts: string[];
  faults: Fault[];
  comments: number;
  changes: number;
};

export interface ShownValue { value: Value; author: string | null; time_ms: number; change: string }
/** `field` is a key, or `group.entry.field`. The last value is the one shown until a person chooses. */
export interface ShownConflict { field: string; values: ShownValue[] }
/** All that a record says, and where it stands. */
export type ShownRecord = Receipt & Omit<Summary, "conflicts" | "comments" | "changes" | "receipt" | "reason"> & {
  conflicts: ShownConflict[];
  comments: ShownComment[];
  reviews: ShownReview[];
  attachments: { content: string; name: string; media_type: string; size: number }[];
  unsettled: Unsettled[];
};

export type Act =
  | { did: "set"; field: string; value: Value }
  | { did: "cleared"; field: string }
  | { did: "counted"; field: string; by: number }
  | { did: "typed"; field: string; inserted: string; deleted: number }
  | { did: "commented"; text: string }
  | { did: "reviewed"; verdict: string }
  | { did: "attached"; content: string };

/** One change of a record. */
export interface ShownEvent {
  change: string;
  author: string | null;
  time_ms: number;
  state: "waiting" | "stored" | "parked" | "held" | "refused";
  position: number | null;
  acts: Act[];
}

/** Which records a list shows; what is not said lets everything through. */
export interface RecordFilter {
  units?: string[];
  form?: string;
  worker?: string;
  from?: string;
  to?: string;
  status?: RecordStatus;
  receipt?: Receipt["receipt"];
  text?: string;
  /** Only those in which values disagree. */
  conflicting?: boolean;
  /** Only those whose values break their form's rules. */
  faulty?: boolean;
  /** Only those with comments. */
  commented?: boolean;
  limit?: number;
  offset?: number;
}

/** A record to be made by a program. What people fill in goes by way of a draft. */
export interface NewRecord {
  form: string;
  /** Default: the only facility where the user may record; else code `unit_needed` with the choices. */
  unit?: string | null;
  answers: Answers;
  /** Make it even if the form's rules are broken. */
  allowFaults?: boolean;
}

/** One edit of one field. */
export type Edit =
  | { set: [string, Value] }
  | { clear: string }
  | { count: [string, number] }
  | { add_entry: [string, Answers] }
  | { set_entry: [string, string, Answers] }
  | { remove_entry: [string, string] };

/** What is to be kept of a draft. */
export interface KeptDraft {
  /** A UUID of one's own; none for a new one. */
  id: string | null;
  /** The record that it edits; none for one that is to be made. */
  record: string | null;
  form: string;
  /** Default: the only facility where the user may record. */
  unit: string | null;
  /** As entered: texts as they were typed, anything else as JSON. For an edit, only the fields touched; `null` empties one. */
  answers: Answers;
}

/** What somebody has begun to fill in. */
export interface Draft extends KeptDraft {
  id: string;
  /** The device's clock at the last stroke. */
  updated_ms: number;
  /** What would be wrong with the record if it were saved now. */
  faults: Fault[];
}

/** How syncing goes. `progress` while records of a long transfer are still to come. */
export interface SyncState {
  state: "idle" | "syncing" | "offline" | "failed";
  error?: { code: string; message: string };
  report?: SyncReport;
  progress?: Progress;
}

/** `waiting` changes are still to go up; of `known` on the server, `missing` are still to come down. */
export interface Progress { waiting: number; known: number; missing: number }

/** What of a replica has changed. */
export type What = "records" | "drafts" | "catalog" | "people";

export interface ClientEvents {
  /** Something changed, here or in another tab. `person` is null for the list of people. */
  changed: { person: string | null; what: What[] };
  /** How syncing goes. */
  sync: { person: string } & SyncState;
  /** Another worker leads now. */
  leader: { leader: string };
  /** The engine failed inside, and is started again from the store. The message holds no values. */
  restarted: { message: string };
}
