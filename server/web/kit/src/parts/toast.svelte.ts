/** A short word after something was done. */

const STAYS_MS = 5_000;

class Said {
  text = $state("");
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.#timer = setTimeout(() => (this.text = ""), STAYS_MS);
  }
}

export const said = new Said();
