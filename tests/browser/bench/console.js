/**
 * The console before a large store: from opening a page, logged in, until its figures or its rows can be read. `make bench-console`;
 * the store is the one that `make bench-read FOLDER=…` keeps.
 */

import { Server } from "../support/server.js";
import { DESK, Desk, setPassword } from "../support/console.js";
import { launch } from "../support/browser.js";
import { Table } from "./table.js";

const OPENINGS = 7;
const TARGET_MS = 1_000;
/** What makes a page usable, and the page. */
const PAGES = [
  ["overview", "#/overview", "[data-measure] .value"],
  ["overview of a county", "#/overview?unit=COUNTY", "[data-measure] .value"],
  ["records", "#/records", "table tbody tr td"],
  ["records of four weeks", "#/records?from=MONTH-01&to=MONTH-28", "table tbody tr td"],
  ["records approved, of a form", "#/records?status=approved&form=clinic.surgery", "table tbody tr td"],
];

const folder = process.argv[2];
if (!folder) {
  console.error("which store? FOLDER=… make bench-read makes one, FOLDER=… make bench-console measures it");
  process.exit(2);
}
const server = new Server(folder);
const browser = await launch();
const table = new Table("console", "from opening a page of the console until it can be used, in Chromium");
try {
  await server.start();
  const { users } = JSON.parse(await server.admin("user", "list", "--json"));
  const administrator = users.find(({ grants }) => grants.some(({ role }) => role === "administrator"));
  await setPassword(server, administrator.username);
  const desk = new Desk(await browser.newContext(DESK), server.url);
  await desk.logIn(administrator.username);
  const county = (await desk.api("units")).items.find(({ kind }) => kind === "county").code;
  const month = (await desk.api("records?limit=1")).items[0].on.slice(0, 7);
  for (const [name, hash, usable] of PAGES) {
    const times = [];
    for (let n = 0; n < OPENINGS; n += 1) {
      const page = await desk.context.newPage();
      await page.goto(`${server.url}/console${hash.replace("COUNTY", county).replaceAll("MONTH", month)}`, { waitUntil: "commit" });
      await page.locator(usable).first().waitFor();
      // By the page's own clock, from the moment in which it was asked for.
      times.push(await page.evaluate(() => performance.now()));
      await page.close();
    }
    times.sort((a, b) => a - b);
    table.add(name, times, TARGET_MS, "ms");
  }
} finally {
  await browser.close();
  await server.end();
}
process.exit(table.end() ? 0 : 1);
