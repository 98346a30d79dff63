/** The shapes that cross the face: the engine's own, and what this package adds. */

/** A text in the languages of the plateau. */
export interface Labels { zh: string; bo: string; en: string }

/** A value of a field: text, number, yes or no, or the entries of a group by their keys. `null` is no answer. */
export type Value = string | number | boolean | null | { [entry: string]: Answers };
/** Values by field. */
export type Answers = { [field: string]: Value };

export type FieldType = "text" | "narrative" | "integer" | "tally" | "yes_no" | "choice" | "date" | "group";

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

export interface FormInfo {
  id: string;
  version: number;
  title: Labels;
  fields: { key: string; type: FieldType; required: boolean }[];
}

export interface Roles { recorder: boolean; reviewer: boolean; administrator: boolean; observer: boolean }

export interface UnitInfo {
  code: string;
  parent: string | null;
  kind: "prefecture" | "county" | "clinic" | "school" | "other";
  name: string;
  roles: Roles;
}

/** Why the server holds or refuses a change. `detail` is English and may be empty. */
export interface Reason { code: string; detail: string }

/** Where a record stands between this device and the server. */
export type Receipt =
  | { receipt: "on_this_device" | "on_the_server" | "parked"; reason?: undefined }
  | { receipt: "held" | "refused"; reason: Reason };

/** Where a record stands among reviewers. */
export type RecordStatus = "open" | "approved" | "changed" | "returned" | "void";

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
export interface ShownComment { text: string; author: string | null; time_ms: number }
export type Verdict = "approved" | "returned" | "void";
export interface ShownReview {
  verdict: Verdict;
  reason: string;
  duplicate_of: string | null;
  author: string | null;
  time_ms: number;
}
/** A change about which the server has said something other than *stored*. */
export interface Unsettled {
  record: string | null;
  change: string;
  state: "parked" | "held" | "refused";
  reason: Reason | null;
}

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

export interface FeedStatus {
  unit: string;
  position: number;
  digest: string;
  missing_below: number;
  complete: boolean;
  gone: boolean;
}

/** Where a replica stands. */
export interface Status {
  server: string;
  server_key: string;
  device: string;
  user: string;
  name: string;
  /** Changes (not records) that the server has not answered for. */
  waiting: number;
  /** The records that they belong to. */
  waiting_records: number;
  unsettled: Unsettled[];
  feeds: FeedStatus[];
  last_sync_ms: number | null;
  skew_ms: number;
  push_budget_bytes: number;
  pull_budget_bytes: number;
}

/** What a sync did. */
export interface SyncReport {
  pushed: number;
  accepted: number;
  duplicate: number;
  parked: number;
  held: number;
  refused: number;
  pulled: number;
  rejected: number;
  requests: number;
  bytes_sent: number;
  bytes_received: number;
  answered_all: boolean;
  error: { code: string; message: string } | null;
}

/** What became of a copy: of `changes` in it, `taken_in` are new here, `rejected` are damaged. */
export interface CopyReport { changes: number; taken_in: number; rejected: number }

/** What was saved. */
export interface Saved { id: string; change: string; faults: Fault[] }

/** A person of this device. `id` names the replica. */
export interface Person { id: string; user: string; name: string; server: string; device: string }

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

/** What records add up to: those that are void, or without a valid day, do not count. */
export interface Totals {
  records: number;
  measures: { measure: string; label: Labels; total: number }[];
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
