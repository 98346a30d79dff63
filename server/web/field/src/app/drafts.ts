/** Keeps what is being typed: after every keystroke, the newest in place of all that waited before it. */

import type { Draft, KeptDraft, Replica } from "@cairn/client";

export class DraftKeeper {
  #next: KeptDraft | null = null;
  #running: Promise<void> | null = null;
  #ended = false;
  readonly #replica: Replica;
  readonly #kept: (draft: Draft) => void;
  readonly #failed: (error: unknown) => void;

  /** `kept` hears of each draft that is on disk, with what is wrong with it so far. */
  constructor(replica: Replica, kept: (draft: Draft) => void, failed: (error: unknown) => void) {
    this.#replica = replica;
    this.#kept = kept;
    this.#failed = failed;
  }

  /** Whether something newer waits than what was kept last. */
  get isBehind(): boolean {
    return this.#next !== null;
  }

  keep(draft: KeptDraft): void {
    if (this.#ended) return;
    this.#next = draft;
    this.#running ??= this.#run();
  }

  /** Resolves when all that was given is on disk. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Nothing is kept any more: the draft has become a record, or was dropped. Resolves when the last keeping is over. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#next = null;
    await this.#running;
  }

  /** Keeps again, after an end that came to nothing. */
  resume(): void {
    this.#ended = false;
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const draft = this.#next;
      this.#next = null;
      try {
        this.#kept(await this.#replica.keepDraft(draft));
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#running = null;
  }
}
