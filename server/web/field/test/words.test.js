/** The logbook's words, and those for errors: each is for a code that exists. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { testWords } from "@cairn/kit/test/words.js";

const all = await testWords(fileURLToPath(new URL("../src", import.meta.url)));
const rust = (path) => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const wordsOf = (name) => Object.keys(all.find((catalogue) => catalogue.name === name).words);

test("each of the server's reasons has its sentence", () => {
  const codes = [...rust("sync-core/src/gate/reason.rs").matchAll(/^ {4}\w+ = \d+, "(\w+)",/gm)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  assert.deepEqual([...codes, "other"].sort(), wordsOf("words/reasons.words.ts").sort());
});

test("the words for errors are for codes that exist", () => {
  const known = ["client-sdk/src/error.rs", "client-sdk/src/store/error.rs", "client-sdk/src/transport/mod.rs", "client-sdk/web/src/failure.rs", "client-sdk/web/ts/errors.ts", "server/src/api/enrol.rs", "server/src/api/guesses.rs"]
    .map(rust).join("\n");
  for (const code of wordsOf("words/errors.words.ts").filter((code) => code !== "other")) {
    assert.match(known, new RegExp(`["\`]${code}["\`]`), code);
  }
});
