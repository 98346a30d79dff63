/** What the module asks of its surroundings: only what is written down in `imports.txt`. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { FOLDERS } from "./browser.js";
import { root } from "./places.js";

test("the module imports nothing unexpected", () => {
  const module = new WebAssembly.Module(readFileSync(path.join(FOLDERS["/pkg/"], "cairn_web_bg.wasm")));
  const known = new Set(readFileSync(path.join(root, "tests/browser/wasm/imports.txt"), "utf8").trim().split("\n"));
  const found = WebAssembly.Module.imports(module).map(({ module, name, kind }) =>
    // Names end in a hash of what they are made of.
    `${module} ${name.replace(/_[0-9a-f]{16}$/, "")} ${kind}`,
  );
  assert.ok(found.length > 50);
  assert.deepEqual(found.filter((name) => !known.has(name)), [], "see tests/browser/wasm/imports.txt");
});
