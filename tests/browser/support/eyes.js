/** Whether everybody can use what is on a page: by sight, by ear, with cold hands. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** The smallest side of what is tapped, in CSS pixels. */
const TARGET_PX = 44;

/** No violation of WCAG 2.2 AA, or of what axe thinks good practice. */
export async function axe(page, where) {
  // Into a world of its own: the page's policy does not let it in, and that is as it should be.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
  const run = async (expression) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    assert.equal(exceptionDetails, undefined, exceptionDetails?.exception?.description);
    return result.value;
  };
  // As high as all that is on it: what lies under the bars for the moment can be scrolled out from there.
  const phone = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: phone.width, height: Math.max(phone.height, Math.min(height + 200, 8000)) });
  await run(AXE);
  const violations = await run(`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html, failureSummary }) => html + " " + failureSummary).join(" | ")))`);
  await session.detach();
  await page.setViewportSize(phone);
  assert.deepEqual(violations, [], where);
}

/** Nothing is wider than the page, and nothing to be tapped is smaller than a finger. Links within a sentence are as high as its line. */
export async function fits(page, where) {
  const found = await page.evaluate((smallest) => {
    const wide = document.documentElement.scrollWidth > innerWidth;
    const small = [...document.querySelectorAll("button, a[href], input:not([type=file]), select, textarea, summary")].filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      const inText = element.closest(".faults li, .skip") ?? element.matches(".skip");
      return width > 0 && height > 0 && !inText && (height < smallest - 0.5 || width < smallest - 0.5);
    });
    return { wide, small: small.map((element) => element.outerHTML.slice(0, 120)) };
  }, TARGET_PX);
  assert.deepEqual(found, { wide: false, small: [] }, where);
}
