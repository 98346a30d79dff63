/** The language that the app speaks: switched at once, without a network. */

export const LANGUAGES = ["zh", "bo", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The tag for `lang` attributes and Intl. */
export const TAGS: Record<Language, string> = { zh: "zh-CN", bo: "bo", en: "en-GB" };
/** What each language calls itself. */
export const OWN_NAMES: Record<Language, string> = { zh: "中文", bo: "བོད་ཡིག", en: "English" };

const KEY = "cairn.language";

function preferred(): Language {
  const known = (tag: string | null): Language | undefined => LANGUAGES.find((language) => tag?.split("-")[0] === language);
  for (const tag of [localStorage.getItem(KEY), ...navigator.languages]) {
    const language = known(tag);
    if (language) return language;
  }
  return "zh";
}

class Speech {
  #now = $state<Language>(preferred());

  get now(): Language {
    return this.#now;
  }

  get tag(): string {
    return TAGS[this.#now];
  }

  speak(language: Language): void {
    this.#now = language;
    localStorage.setItem(KEY, language);
    this.show();
  }

  /** Tells the document, for fonts, hyphenation and screen readers. */
  show(): void {
    document.documentElement.lang = this.tag;
  }
}

export const speech = new Speech();
