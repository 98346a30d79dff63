/** Draws the PNG icons from `public/icons/cairn.svg`, in Chromium. Run by hand when the mark changes: `node build/icons.js`. */

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const directory = new URL("../public/icons/", import.meta.url);
const mark = readFileSync(new URL("cairn.svg", directory), "utf8");
/** Launchers may cut up to a tenth off each side: the background fills all, the mark stays within. */
const maskable = mark.replace('rx="14"', 'rx="0"').replace("<g ", '<g transform="translate(32 32) scale(0.8) translate(-32 -32)" ');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
for (const [name, svg, size] of [["cairn-180", mark, 180], ["cairn-192", mark, 192], ["cairn-512", mark, 512], ["cairn-maskable-512", maskable, 512]]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`);
  await page.screenshot({ path: new URL(`${name}.png`, directory).pathname, omitBackground: true });
}
await browser.close();
