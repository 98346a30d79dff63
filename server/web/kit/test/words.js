/** What holds for the words of every app: no phrase is missing in any language, none is left over, none stands elsewhere. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { cataloguesOf, sourcesOf, users } from "./catalogues.js";

const LANGUAGES = ["zh", "bo", "en"];

/** The phrase as said; functions are given numbers that read as texts, too. */
function said(phrase) {
  return typeof phrase === "function" ? phrase(...Array.from({ length: phrase.length }, () => "7")) : phrase;
}

/** Tests the words below `folder`; gives the catalogues, for tests of one's own. */
export async function testWords(folder) {
  const sources = sourcesOf(folder);
  const all = await cataloguesOf(sources);

  test("every phrase is there in all three languages, each in its own script", () => {
    assert.ok(all.length > 0);
    for (const { name, words } of all) {
      for (const [key, phrase] of Object.entries(words)) {
        assert.deepEqual(Object.keys(phrase), LANGUAGES, `${name}: ${key}`);
        const [zh, bo, en] = LANGUAGES.map((language) => said(phrase[language]));
        const shapes = LANGUAGES.map((language) => (typeof phrase[language] === "function" ? phrase[language].length : "text"));
        assert.equal(new Set(shapes).size, 1, `${name}: ${key} takes the same arguments in each language`);
        // What is only made of its arguments has no script of its own.
        if (/^[\W\d_]*$/.test(en)) continue;
        assert.match(zh, /\p{Script=Han}/u, `${name}: ${key}: zh`);
        assert.match(bo, /\p{Script=Tibetan}/u, `${name}: ${key}: bo`);
        assert.match(en, /\p{Script=Latin}/u, `${name}: ${key}: en`);
      }
    }
  });

  test("every phrase is used", () => {
    for (const { name, words } of all) {
      const using = users(sources, name);
      assert.ok(using.length > 0, `nobody uses ${name}`);
      // Catalogues that are looked into by a code of the engine's are used as a whole.
      if (using.some(({ text, as }) => text.includes(`${as}[`))) continue;
      for (const key of Object.keys(words)) {
        const used = using.some(({ text, as }) => new RegExp(`\\b${as}\\.${key}\\b`).test(text));
        assert.ok(used, `${name}: nobody says ${key}`);
      }
    }
  });

  test("no words stand outside the catalogues", () => {
    for (const { name, text } of sources) {
      if (name.endsWith(".words.ts") || name === "words/language.svelte.ts") continue;
      const code = text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|\/\/.*$/gm, "");
      assert.doesNotMatch(code, /[\p{Script=Han}]/u, name);
      assert.doesNotMatch(code, /\p{Script=Tibetan}/u, name);
    }
  });

  test("every catalogue says that its Tibetan wants a native reader", () => {
    for (const { name, text } of all) assert.ok(text.startsWith("// bo: wants a native reader's review\n"), name);
  });

  return all;
}
