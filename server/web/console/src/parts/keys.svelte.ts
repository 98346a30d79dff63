/** Single keys that do something on a screen: told where they work, and switched off by whoever is disturbed by them. */

const STORED = "cairn.console.keys";

class Keys {
  #on = $state(localStorage.getItem(STORED) !== "off");

  get on(): boolean {
    return this.#on;
  }

  set on(on: boolean) {
    this.#on = on;
    localStorage.setItem(STORED, on ? "on" : "off");
  }

  /** The key, if it was pressed by itself and not to write something. */
  of(event: KeyboardEvent): string | null {
    if (!this.#on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
    const at = event.target instanceof Element ? event.target : null;
    if (at?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog")) return null;
    if (document.querySelector("dialog[open]")) return null;
    // A button or a link takes these itself.
    if ((event.key === "Enter" || event.key === " ") && at?.closest("a, button, summary")) return null;
    return event.key;
  }
}

export const keys = new Keys();
