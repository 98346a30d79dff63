/** The audit log's acts: the server's words and the console's are the same. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cataloguesOf, sourcesOf } from "@cairn/kit/test/catalogues.js";

const console_ = fileURLToPath(new URL("../src", import.meta.url));
const server = fileURLToPath(new URL("../../../src", import.meta.url));

test("every act that the server notes has words, and no others have", async () => {
  const all = await cataloguesOf(sourcesOf(console_).filter(({ name }) => name.endsWith("acts.words.ts")));
  const { words } = all.find(({ name }) => name === "screens/audit/acts.words.ts");
  const rust = readdirSync(server, { recursive: true })
    .filter((name) => name.endsWith(".rs"))
    .map((name) => readFileSync(`${server}/${name}`, "utf8"))
    .join("\n");
  const noted = [...rust.matchAll(/Deed::new\(\s*"([a-z_]+)"/g)].map(([, act]) => act);
  assert.ok(noted.length >= 15, "the sources are where they are looked for");
  for (const act of noted) assert.ok(act in words, `${act} has no words`);
  for (const act of Object.keys(words)) assert.ok(rust.includes(`"${act}"`), `the server never notes ${act}`);
});
