/** The tests that are written in Rust, compiled for browsers, each module in a worker of Chromium. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";

import { FOLDERS, launch } from "./browser.js";
import { serve } from "./site.js";

const folder = process.env.SUITES;
const suites = readdirSync(folder)
  .filter((file) => file.endsWith(".js"))
  .map((file) => file.slice(0, -3));

let site, browser;

before(async () => {
  site = await serve({ ...FOLDERS, "/suites/": folder }, null);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

test("all suites were compiled", () => {
  assert.deepEqual(suites.toSorted(), ["browser", "convergence", "hostile", "sync_core"]);
});

for (const suite of suites) {
  test(`${suite}, in a browser`, async (t) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${site.url}/pages/index.html`);
    const told = await page.evaluate(
      (name) =>
        new Promise((tell) => {
          const worker = new Worker("/pages/suite.js", { type: "module" });
          worker.onmessage = ({ data }) => tell(data);
          worker.onerror = ({ message }) => tell({ passed: false, tests: 0, lines: [message] });
          worker.postMessage(name);
        }),
      suite,
    );
    await context.close();
    t.diagnostic(told.lines.at(-1)?.trim() ?? "nothing was said");
    assert.ok(told.passed && told.tests > 0, told.lines.join("\n"));
  });
}
