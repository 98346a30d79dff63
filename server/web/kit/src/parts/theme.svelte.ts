/** Light or dark: as the device says, unless a person says otherwise. */

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "cairn.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

class Look {
  #theme = $state<Theme>(THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "auto");

  constructor() {
    dark.addEventListener("change", () => this.show());
  }

  get theme(): Theme {
    return this.#theme;
  }

  choose(theme: Theme): void {
    this.#theme = theme;
    localStorage.setItem(KEY, theme);
    this.show();
  }

  show(): void {
    const isDark = this.#theme === "dark" || (this.#theme === "auto" && dark.matches);
    document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  }
}

export const look = new Look();
