/**
 * Words of the app. Each component has its own beside it, in `Name.words.ts`: an object of phrases, each in all three languages.
 * A test fails when one is missing or nobody uses it.
 */

import type { Labels } from "@cairn/client";
import { speech, type Language } from "./language.svelte.ts";

/** A text in every language; with arguments, a function in every language. */
export type Phrase<A extends unknown[] = []> = Record<Language, A extends [] ? string : (...args: A) => string>;

/** The phrase in the language of the moment. */
export function t(phrase: Record<Language, string>): string;
export function t<A extends unknown[]>(phrase: Record<Language, (...args: A) => string>, ...args: A): string;
export function t(phrase: Record<Language, string | ((...args: unknown[]) => string)>, ...args: unknown[]): string {
  const said = phrase[speech.now];
  return typeof said === "function" ? said(...args) : said;
}

/** A form's label in the language of the moment. */
export function label(labels: Labels): string {
  return labels[speech.now];
}
