/** A page's own worker: started, started again when it ends, and told to take over when the leader is silent. */

import type { FromWorker, ToWorker } from "./messages.ts";

/** The pause before a worker that failed is started again; doubled with each failure in a row. */
const PAUSE_MS = 250;
const PAUSE_MS_MAX = 30_000;
/** A worker that lived so long did not fail at its start. */
const LIVED_MS = 20_000;

export class Keeper {
  #worker: Worker | null = null;
  #failures = 0;
  #startedAt = 0;
  #closed = false;
  readonly #start: () => Worker;
  readonly #failed: (message: string) => void;

  constructor(start: () => Worker, failed: (message: string) => void) {
    this.#start = start;
    this.#failed = failed;
    this.#begin();
  }

  /** Has the worker take the lead, whoever leads. Asked a second time in a row, another worker does. */
  steal(again: boolean): void {
    if (again && this.#worker) {
      // Workers can die without a word, of want of memory.
      this.#worker.terminate();
      this.#begin();
    }
    const message: ToWorker = { kind: "steal" };
    this.#worker?.postMessage(message);
  }

  close(): void {
    this.#closed = true;
    this.#worker?.terminate();
    this.#worker = null;
  }

  #begin(): void {
    if (this.#closed) return;
    this.#startedAt = performance.now();
    const worker = this.#start();
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#ended(worker, data));
    // A script that cannot be loaded, or an error that the worker itself did not see.
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const message = event.message || "the worker cannot be loaded";
      this.#ended(worker, { kind: "ended", why: "failed", message, told: false });
    });
  }

  #ended(worker: Worker, { why, message, told }: FromWorker): void {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = null;
    if (why === "stolen") {
      this.#failures = 0;
      this.#begin();
      return;
    }
    if (performance.now() - this.#startedAt > LIVED_MS) this.#failures = 0;
    this.#failures += 1;
    if (!told) this.#failed(message);
    setTimeout(() => this.#begin(), Math.min(PAUSE_MS * 2 ** (this.#failures - 1), PAUSE_MS_MAX));
  }
}
