/** An admin looks for records: by filters, by keys, page by page; and keeps what they look for every day. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskOf, staff, TABLET } from "../support/console.js";
import { axe } from "../support/eyes.js";
import { seed } from "../support/seed.js";
import { World } from "../support/world.js";

/** More than two pages. */
const RECORDS = 130;
const PAGE = 50;
/** In the browser's clock and in the server's, whatever the hour: all that was seeded lies within. */
const DAYS = "from=2000-01-01&to=2199-12-31";
let world;
let desk;

before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await seed(world.server, "tenzin", RECORDS);
  await staff(world, "pema", "白玛", "reviewer", "markam");
  desk = await deskOf(world, "pema");
});
after(() => world?.end());

const rows = () => desk.page.locator("tr[data-row]");
const ids = () => rows().evaluateAll((all) => all.map((row) => row.dataset.row));
const focused = () => desk.page.evaluate(() => document.activeElement?.dataset.id ?? null);

/** The ids that the API gives for a filter, so that the page is compared with what it stands for. */
async function expected(query) {
  const { items } = await desk.api(`records?${query}&limit=200`);
  return items.map(({ id }) => id);
}

test("every filter narrows the list to what the API gives, and stands in the address", async () => {
  await desk.go("#/records");
  await rows().first().waitFor();
  for (const [name, value, query] of [
    ["form", "clinic.surgery", "unit=markam&form=clinic.surgery"],
    ["status", "approved", "unit=markam&form=clinic.surgery&status=approved"],
  ]) {
    await desk.page.locator(`select[name=${name}]`).selectOption(value);
    await desk.page.waitForURL((url) => url.hash.includes(`${name}=${value}`));
    const wanted = (await expected(query)).slice(0, PAGE);
    await desk.page.waitForFunction((count) => document.querySelectorAll("tr[data-row]").length === count, wanted.length);
    assert.deepEqual(await ids(), wanted, query);
  }
  await desk.page.getByText("没有符合条件的记录").waitFor();
  await desk.page.getByRole("link", { name: "清除条件" }).click();
  await rows().first().waitFor();

  // A text is looked for among the records of some days, which the page fills in by itself.
  await desk.page.locator("input[name=text]").fill("帮达乡 12");
  await desk.page.waitForURL((url) => url.hash.includes("text=") && url.hash.includes("from="));
  await desk.page.locator("input[name=from]").fill("2000-01-01");
  const found = await expected(`unit=markam&${DAYS}&text=${encodeURIComponent("帮达乡 12")}`);
  assert.ok(found.length > 0 && found.length < RECORDS);
  await desk.page.waitForFunction((first) => document.querySelector("tr[data-row]")?.dataset.row === first, found[0]);
  assert.deepEqual(await ids(), found);

  await desk.go("#/records?unit=markam&worker=nobody");
  await desk.page.getByText("没有符合条件的记录").waitFor();
});

test("a measure of the address is shown, and can be taken out", async () => {
  await desk.go("#/records?unit=markam&measure=people_trained");
  const chip = desk.page.locator("[data-measure]");
  await chip.waitFor();
  await rows().first().waitFor();
  assert.deepEqual(await ids(), (await expected("unit=markam&measure=people_trained")).slice(0, PAGE));
  await chip.click();
  await chip.waitFor({ state: "detached" });
  assert.ok(!desk.page.url().includes("measure"));
});

test("keys move through the rows, open a record, and bring one back to where one was", async () => {
  await desk.go("#/records?unit=markam");
  await rows().first().waitFor();
  const shown = await ids();
  await desk.page.locator("main h1").focus();
  for (const key of ["j", "j", "ArrowDown", "k"]) await desk.page.keyboard.press(key);
  assert.equal(await focused(), shown[1]);
  await desk.page.keyboard.press("Enter");
  await desk.page.locator(`[data-record="${shown[1]}"]`).waitFor();
  await desk.page.keyboard.press("j");
  await desk.page.locator(`[data-record="${shown[2]}"]`).waitFor();
  await desk.page.goBack();
  await desk.page.goBack();
  await rows().first().waitFor();
  await desk.page.waitForFunction((id) => document.activeElement?.dataset.id === id, shown[1]);

  await desk.page.keyboard.press("/");
  await desk.page.keyboard.type("j");
  assert.equal(await desk.page.locator("input[name=text]").inputValue(), "j", "a key that is typed into a field is a letter");
  await desk.page.locator("input[name=text]").fill("");

  await desk.page.locator(".hints input[type=checkbox]").uncheck();
  await desk.page.locator("main h1").focus();
  await desk.page.keyboard.press("j");
  assert.equal(await focused(), null, "keys can be switched off");
  await desk.page.locator(".hints input[type=checkbox]").check();
});

test("pages follow one another to the end, each record once", async () => {
  await desk.go("#/records?unit=markam&from=2000-01-01");
  await rows().first().waitFor();
  assert.equal(await rows().count(), PAGE);
  for (const count of [2 * PAGE, RECORDS]) {
    await rows().last().scrollIntoViewIfNeeded();
    await desk.page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await desk.page.waitForFunction((wanted) => document.querySelectorAll("tr[data-row]").length >= wanted, count);
  }
  await desk.page.getByText(`共 ${RECORDS} 条`).waitFor();
  assert.deepEqual(await ids(), await expected("unit=markam"));
});

test("a search through empty pages says that it goes on, and can be stopped", async () => {
  let asked = 0;
  const empty = "**/api/v1/records?*text=nirgends*";
  await desk.page.route(empty, async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 150));
    // Whoever stops does not wait for the answer to what was asked last.
    await route.fulfill({ json: { items: [], next: `page-${asked}` } }).catch(() => {});
  });
  await desk.go("#/records?unit=markam&from=2021-01-01&to=2021-12-31&text=nirgends");
  await desk.page.getByText("还在找").waitFor();
  await desk.page.waitForFunction(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("nirgends")).length > 2);
  await desk.page.getByRole("button", { name: "不找了" }).click();
  await desk.page.getByText("停在这里").waitFor();
  const then = asked;
  await desk.page.locator("[data-more]").waitFor();
  assert.ok(asked <= then + 1, "nothing is asked once it is stopped");
  await desk.page.unroute(empty);
});

test("a view that was saved brings back its filters and columns, and is each person's own", async () => {
  await desk.go("#/records?unit=markam&form=clinic.training");
  await rows().first().waitFor();
  await desk.page.locator("summary", { hasText: "选择列" }).click();
  await desk.page.locator("input[type=checkbox][name=changes]").check();
  await desk.page.keyboard.press("Escape");
  await desk.page.locator("[data-keep]").click();
  await desk.page.locator("input[name=view]").fill("本县培训");
  await desk.page.keyboard.press("Enter");
  const view = desk.page.getByRole("button", { name: "本县培训", exact: true });
  await view.waitFor();

  await desk.go("#/records?unit=markam-hospital");
  await desk.page.waitForFunction(() => !location.hash.includes("form="));
  await desk.page.reload();
  await view.click();
  await desk.page.waitForURL((url) => url.hash.includes("form=clinic.training") && url.hash.includes("unit=markam"));
  await rows().first().waitFor();
  await desk.page.getByRole("columnheader", { name: "改动" }).waitFor();

  await staff(world, "yangzom", "央宗", "observer", "markam");
  const other = await deskOf(world, "yangzom");
  await other.go("#/records");
  await other.page.locator("tr[data-row]").first().waitFor();
  assert.equal(await other.page.getByRole("button", { name: "本县培训", exact: true }).count(), 0);
  await other.end();
});

test("what is shown can be had as a table", async () => {
  await desk.go("#/records?unit=markam&form=clinic.surgery");
  await rows().first().waitFor();
  const wanted = (await expected("unit=markam&form=clinic.surgery")).length;
  const href = await desk.page.getByRole("link", { name: "导出 CSV" }).getAttribute("href");
  const csv = await desk.page.evaluate(async (url) => (await fetch(url)).text(), href);
  assert.equal(csv.trim().split("\n").length, 1 + wanted);
  const sheet = await desk.page.getByRole("link", { name: "导出 Excel" }).getAttribute("href");
  assert.equal(sheet, href.replace(".csv", ".xlsx"));
});

test("what others log is told, and does not move the rows under the reader's hand", async () => {
  await desk.go("#/records?unit=markam&worker=tenzin");
  await rows().first().waitFor();
  const shown = await ids();
  const cli = world.server.desk("desk-tenzin");
  await cli("record", "add", "clinic.outreach", "--unit", "markam-hospital", "place=新来的", "patients_seen=3");
  await cli("sync");
  const told = desk.page.locator("[data-renew]");
  await told.waitFor();
  assert.deepEqual(await ids(), shown);
  await told.click();
  await told.waitFor({ state: "detached" });
  await desk.page.locator("tr[data-row]", { hasText: "新来的" }).waitFor();
  const now = await ids();
  assert.deepEqual(now.slice(1), shown, "the new one first, and the others as they were");
});

test("everybody can use the list and a record, on a tablet, too", async () => {
  for (const options of [{}, TABLET]) {
    const one = await deskOf(world, "pema", options);
    await one.go("#/records");
    await one.page.locator("tr[data-row]").first().waitFor();
    await axe(one.page, "records");
    await one.page.locator("tr[data-row] a").first().click();
    await one.page.locator("[data-record]").waitFor();
    await axe(one.page, "record");
    await one.page.keyboard.press("e");
    await one.page.locator("form.edit").waitFor();
    await axe(one.page, "editing");
    assert.equal(await one.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "nothing is wider than the page");
    assert.deepEqual(one.errors, []);
    await one.end();
  }
  assert.deepEqual(desk.errors, []);
});
