/** One person's replica: every call is answered by the engine in the leading worker. */

import type {
  Answers, CopyReport, Draft, Edit, Form, FormInfo, KeptDraft, NewRecord, RecordFilter, Saved, ShownEvent, ShownRecord, Status, Summary, SyncReport,
  Totals, UnitInfo, Verdict,
} from "./types.ts";

type Ask = (method: string, args: unknown[]) => Promise<unknown>;

/**
 * A person's records on this device.
 *
 * When a writing call resolves, what it wrote is on disk. Every call rejects with a `CairnError`.
 */
export class Replica {
  /** The person of {@link Client.people}. */
  readonly person: string;
  readonly #ask: Ask;

  /** @internal */
  constructor(person: string, ask: Ask) {
    this.person = person;
    this.#ask = ask;
  }

  /** Where the replica stands. */
  status(): Promise<Status> {
    return this.#get("status");
  }

  /** The newest version of every form. Code `no_catalog` before the first sync. */
  forms(): Promise<FormInfo[]> {
    return this.#get("forms");
  }

  /** A form in its newest version, to ask its questions by. */
  form(id: string): Promise<Form> {
    return this.#get("form", id);
  }

  /** The form of a record, in the record's own version. */
  formOf(record: string): Promise<Form> {
    return this.#get("formOf", record);
  }

  /** The org units that the person has to do with, parents first, with the person's roles on each. */
  units(): Promise<UnitInfo[]> {
    return this.#get("units");
  }

  /** Makes a record. Code `faults` when the form's rules are broken and `allowFaults` is not set. */
  create(record: NewRecord): Promise<Saved> {
    return this.#get("create", record);
  }

  /** Edits values, as one change. Faults from before do not count. */
  edit(record: string, edits: Edit[], allowFaults = false): Promise<Saved> {
    return this.#get("edit", record, edits, allowFaults);
  }

  /**
   * Edits a record by what a person entered, as one change: texts as they are typed, anything else as JSON; `null` empties a field;
   * of a group, the entries that are named. Writing to a field in which values disagree settles that.
   */
  editEntered(record: string, answers: Answers, allowFaults = false): Promise<Saved> {
    return this.#get("editEntered", record, answers, allowFaults);
  }

  /** Adds a comment. */
  comment(record: string, text: string): Promise<Saved> {
    return this.#get("comment", record, text);
  }

  /** Says that a record does not count, and why. It stays, with its history. */
  void(record: string, reason: string, duplicateOf?: string): Promise<Saved> {
    return this.#get("void", record, reason, duplicateOf);
  }

  /** Gives a verdict on a record as it stands here; for reviewers. */
  review(record: string, verdict: Verdict, reason: string, duplicateOf?: string): Promise<Saved> {
    return this.#get("review", record, verdict, reason, duplicateOf);
  }

  /** Lists records: newest day first, those without a day before all others. */
  list(filter: RecordFilter = {}): Promise<Summary[]> {
    return this.#get("list", filter);
  }

  /** How many records the filter lets through; `limit` and `offset` aside. */
  count(filter: RecordFilter = {}): Promise<number> {
    return this.#get("count", filter);
  }

  /** All that a record says. */
  show(record: string): Promise<ShownRecord> {
    return this.#get("show", record);
  }

  /** Every change of a record, each behind those it builds on. */
  history(record: string): Promise<ShownEvent[]> {
    return this.#get("history", record);
  }

  /** What the records that the filter lets through add up to. */
  totals(filter: RecordFilter = {}): Promise<Totals> {
    return this.#get("totals", filter);
  }

  /** What was begun and not finished, the one worked on last first. */
  drafts(): Promise<Draft[]> {
    return this.#get("drafts");
  }

  /** Keeps a draft, in place of the one of the same id. Nothing entered is an error: the answer says what is wrong with it. */
  keepDraft(draft: KeptDraft): Promise<Draft> {
    return this.#get("keepDraft", draft);
  }

  /** Forgets a draft; one that is not there is forgotten already. */
  dropDraft(id: string): Promise<void> {
    return this.#get("dropDraft", id);
  }

  /** Makes a draft into a record, or an edit of its record. Doing it twice does it once. */
  finishDraft(id: string, allowFaults = false): Promise<Saved> {
    return this.#get("finishDraft", id, allowFaults);
  }

  /** All that has not reached the server, as the bytes of a file that {@link importCopy} reads, on any device of the person. */
  exportUnsent(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#get("exportUnsent");
  }

  /** Takes in a file of {@link exportUnsent}. What is here already is left as it is. */
  importCopy(bytes: Uint8Array): Promise<CopyReport> {
    return this.#get("importCopy", bytes);
  }

  /** Syncs now, until all is answered or something goes wrong. Resolves in both cases; `error` tells. */
  sync(): Promise<SyncReport> {
    return this.#get("sync");
  }

  #get<T>(method: string, ...args: unknown[]): Promise<T> {
    return this.#ask(method, args) as Promise<T>;
  }
}
