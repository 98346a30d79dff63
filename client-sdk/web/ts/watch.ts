/** Watches over a silent leader: a tab that the system has frozen holds the lead and answers nobody. */

/** How long a leader may say nothing to a question. */
const PATIENCE_MS = 5_000;
/** A timer that comes so much too late tells that this page slept itself, and proves nothing. */
const LATE_MS = 1_000;

/** Asks for a sign of life while calls wait, and reports silence. Two questions in a row must stay unanswered. */
export class Watch {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heard = false;
  #silent = 0;
  readonly #waits: () => boolean;
  readonly #ask: () => void;
  readonly #silence: (again: boolean) => void;

  constructor(waits: () => boolean, ask: () => void, silence: (again: boolean) => void) {
    this.#waits = waits;
    this.#ask = ask;
    this.#silence = silence;
  }

  /** A call was made. */
  begin(): void {
    if (this.#timer === undefined) this.#question();
  }

  /** The leader has said something. */
  heard(): void {
    this.#heard = true;
    this.#silent = 0;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #question(): void {
    this.#heard = false;
    const due = performance.now() + PATIENCE_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#waits()) return;
      const slept = performance.now() - due > LATE_MS;
      if (!this.#heard && !slept) this.#silent += 1;
      // After two questions, and again after each further two.
      if (this.#silent > 0 && this.#silent % 2 === 0) this.#silence(this.#silent > 2);
      this.#ask();
      this.#question();
    }, PATIENCE_MS);
  }
}
