/** The kit's words, and those for faults: each that people can meet has a sentence. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { testWords } from "./words.js";

const all = await testWords(fileURLToPath(new URL("../src", import.meta.url)));
const rust = (path) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const wordsOf = (name) => Object.keys(all.find((catalogue) => catalogue.name === name).words);

test("each fault of a form has its words", () => {
  const text = rust("sync-core/src/form/validate.rs");
  const list = text.slice(text.indexOf("pub enum FaultCode"), text.indexOf("fn in_words"));
  const codes = [...list.matchAll(/^ {4}([A-Z]\w+)/gm)].map(([, name]) => name.replace(/(?<!^)[A-Z]/g, "_$&").toLowerCase());
  assert.ok(codes.length >= 10);
  // These two a form on a screen cannot bring about.
  const expected = codes.filter((code) => code !== "entry_key" && code !== "unknown_field");
  assert.deepEqual([...expected, "other"].sort(), wordsOf("fields/faults.words.ts").sort());
});
