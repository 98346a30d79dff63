/** What moves on the server while one looks: screens read anew what they show. Nothing depends on it. */

export interface Moved {
  unit: string;
  kind: "records" | "held";
}

type Hear = (moved: Moved[]) => void;

/** What moves within this time is told together: a phone that syncs moves many records. */
const TOGETHER_MS = 700;

class Live {
  /** Whether the server tells at once what moves. */
  listening = $state(false);
  #source: EventSource | undefined;
  /** Whether the stream broke off since it was last open. */
  #lost = false;
  readonly #hearers = new Set<Hear>();
  #heard: Moved[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  begin(): void {
    if (this.#source) return;
    const source = new EventSource("/api/v1/live");
    this.#source = source;
    source.onopen = () => {
      // What moved while nobody listened was not told: all is read anew.
      if (this.#lost) this.#tell([]);
      this.#lost = false;
      this.listening = true;
    };
    source.onerror = () => {
      this.listening = false;
      this.#lost = true;
      // The browser tries again by itself unless the server said no.
      if (source.readyState === EventSource.CLOSED) this.end();
    };
    source.addEventListener("moved", (event) => {
      this.#heard.push(JSON.parse((event as MessageEvent<string>).data) as Moved);
      this.#timer ??= setTimeout(() => {
        const heard = this.#heard;
        this.#heard = [];
        this.#timer = undefined;
        this.#tell(heard);
      }, TOGETHER_MS);
    });
  }

  end(): void {
    this.#source?.close();
    this.#source = undefined;
    this.listening = false;
  }

  /** Hears what moves, until what it gives is called. Nothing in the list: anything may have. */
  hear(hear: Hear): () => void {
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  }

  #tell(moved: Moved[]): void {
    for (const hear of this.#hearers) hear(moved);
  }
}

export const live = new Live();
