/** The calls of one tab that wait for their answers, across changes of the leader. */

import { CairnError, type ErrorParts } from "./errors.ts";
import { isRepeatable, type Call, type FromLeader, type ToLeader } from "./messages.ts";

interface Waiting {
  call: Call;
  /** The leader it was sent to; null while there was none to send it to. */
  sentTo: string | null;
  resolve: (value: unknown) => void;
  reject: (error: CairnError) => void;
}

/** Sends calls to whoever leads, and hands out the answers. */
export class Calls {
  #waiting = new Map<number, Waiting>();
  #leader: string | null = null;
  #last = 0;
  readonly #tab: string;
  readonly #send: (message: ToLeader) => void;

  constructor(tab: string, send: (message: ToLeader) => void) {
    this.#tab = tab;
    this.#send = send;
  }

  /** Whether any call waits. */
  get any(): boolean {
    return this.#waiting.size > 0;
  }

  ask(person: string | null, method: string, args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call: Call = { kind: "call", tab: this.#tab, id: ++this.#last, person, method, args };
      this.#waiting.set(call.id, { call, sentTo: this.#leader, resolve, reject });
      if (this.#leader !== null) this.#send(call);
    });
  }

  answered(answer: Extract<FromLeader, { kind: "answer" }>): void {
    const waiting = this.#waiting.get(answer.id);
    // A leader that was given up may still speak: what it says of a call that went to another is not the answer.
    if (answer.tab !== this.#tab || !waiting || waiting.sentTo !== answer.leader) return;
    // It has been overtaken, and did nothing: the next one will be asked.
    if (answer.error?.code === "not_leading") return;
    this.#waiting.delete(answer.id);
    if (answer.error) waiting.reject(new CairnError(answer.error));
    else waiting.resolve(answer.value);
  }

  /** A leader that takes calls has said so. */
  ledBy(leader: string): void {
    if (this.#leader === leader) return;
    this.#leader = leader;
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.sentTo === null || isRepeatable(waiting.call.method)) {
        waiting.sentTo = leader;
        this.#send(waiting.call);
      } else {
        this.#drop(waiting, {
          code: "interrupted",
          message: `${waiting.call.method}: the worker that was asked has gone; it is not known whether it wrote`,
        });
      }
    }
  }

  /** The leader has ended, and says that it failed: what it was doing is not finished. */
  failed(leader: string, message: string): void {
    if (this.#leader === leader) this.#leader = null;
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.sentTo === leader) this.#drop(waiting, { code: "restarted", message });
    }
  }

  rejectAll(error: ErrorParts): void {
    for (const waiting of [...this.#waiting.values()]) this.#drop(waiting, error);
  }

  #drop(waiting: Waiting, error: ErrorParts): void {
    this.#waiting.delete(waiting.call.id);
    waiting.reject(new CairnError(error));
  }
}
