/** No phrase is missing in any language, none is left over, and each of the engine's codes that people can meet has a sentence. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { catalogues, sources, users } from "./catalogues.js";

const LANGUAGES = ["zh", "bo", "en"];
const all = await catalogues();

/** The phrase as said; functions are given numbers that read as texts, too. */
function said(phrase) {
  return typeof phrase === "function" ? phrase(...Array.from({ length: phrase.length }, () => "7")) : phrase;
}

test("every phrase is there in all three languages, each in its own script", () => {
  assert.ok(all.length > 20);
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
    const using = users(name);
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

const rust = (path) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const wordsOf = (name) => Object.keys(all.find((catalogue) => catalogue.name === name).words);

test("each of the server's reasons has its sentence", () => {
  const codes = [...rust("sync-core/src/gate/reason.rs").matchAll(/^ {4}\w+ = \d+, "(\w+)",/gm)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  assert.deepEqual([...codes, "other"].sort(), wordsOf("words/reasons.words.ts").sort());
});

test("each fault of a form has its words", () => {
  const text = rust("sync-core/src/form/validate.rs");
  const list = text.slice(text.indexOf("pub enum FaultCode"), text.indexOf("fn in_words"));
  const codes = [...list.matchAll(/^ {4}([A-Z]\w+)/gm)].map(([, name]) => name.replace(/(?<!^)[A-Z]/g, "_$&").toLowerCase());
  assert.ok(codes.length >= 10);
  // These two a form on a screen cannot bring about.
  const expected = codes.filter((code) => code !== "entry_key" && code !== "unknown_field");
  assert.deepEqual([...expected, "other"].sort(), wordsOf("fields/faults.words.ts").sort());
});

test("the words for errors are for codes that exist", () => {
  const known = ["client-sdk/src/error.rs", "client-sdk/src/store/error.rs", "client-sdk/src/transport/mod.rs", "client-sdk/web/src/failure.rs", "client-sdk/web/ts/errors.ts", "server/src/api/enrol.rs", "server/src/api/guesses.rs"]
    .map(rust).join("\n");
  for (const code of wordsOf("words/errors.words.ts").filter((code) => code !== "other")) {
    assert.match(known, new RegExp(`["\`]${code}["\`]`), code);
  }
});
