/** Several tabs, one engine. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
before(async () => {
  world = await World.begin();
  for (const user of ["tenzin", "drolma", "pema", "lhamo"]) await world.server.user(user, user);
});
after(() => world?.end());

/** What each tab's worker knows: only the one that leads has loaded the engine. */
async function loaded(page) {
  const [worker] = page.workers();
  return worker.evaluate(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith(".wasm")));
}

test("two tabs write at once, and each sees what the other wrote", async () => {
  const phone = await world.phoneOf("tenzin");
  const other = await phone.tab("#/log");
  await other.locator("a[data-form]").first().waitFor();
  assert.deepEqual([await loaded(phone.page), await loaded(other)], [true, false]);
  await Promise.all([
    phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 }),
    phone.log(FORMS.outreach, { place: "Rongmei", patients_seen: 2 }, other),
  ]);
  for (const page of [phone.page, other]) {
    await page.evaluate(() => (location.hash = "#/records"));
    await page.locator("a.record", { hasText: "Gartok" }).waitFor();
    await page.locator("a.record", { hasText: "Rongmei" }).waitFor();
  }
  await phone.sync();
  await phone.says("All on the server");
  assert.equal((await world.totals()).measures.people_benefited, 42);
});

test("a duplicated tab writes under its own name: both edits of one record arrive", async () => {
  const phone = await world.phoneOf("drolma");
  await phone.log(FORMS.outpatient, { department: "surgery", visits: 3 });
  await phone.openRecord("surgery");
  const [twin] = await Promise.all([phone.context.waitForEvent("page"), phone.page.evaluate(() => void open(location.href))]);
  await twin.locator("dl.card").waitFor();
  await world.front.cut();
  await phone.page.locator("button.more").click();
  await twin.locator("output", { hasText: "4" }).waitFor();
  await twin.locator("button.more").click();
  await phone.page.locator("output", { hasText: "5" }).waitFor();
  await world.front.open();
  await phone.sync();
  await phone.says("All on the server");
  assert.equal((await world.totals()).measures.outpatient_visits, 5);
});

test("when the leading tab is closed, another goes on", async () => {
  const phone = await world.phoneOf("pema");
  const other = await phone.tab("#/log");
  await other.locator("a[data-form]").first().waitFor();
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 1 });
  await phone.page.close();
  await phone.log(FORMS.outreach, { place: "Rongmei", patients_seen: 2 }, other);
  await other.evaluate(() => (location.hash = "#/records"));
  await other.locator("a.record", { hasText: "Gartok" }).waitFor();
  await other.locator("a.record", { hasText: "Rongmei" }).waitFor();
  assert.equal(await loaded(other), true);
});

test("a frozen leader is overtaken, and writes nothing when it thaws", async () => {
  const phone = await world.phoneOf("lhamo");
  const other = await phone.tab("#/log");
  await other.locator("a[data-form]").first().waitFor();
  const [frozen] = phone.page.workers();
  // Answers nobody until it is told to: as a worker whose tab the system has put to sleep.
  const thawed = frozen.evaluate(() => {
    const end = Date.now() + 25_000;
    while (Date.now() < end);
  });
  await phone.fill(FORMS.outreach, { place: "Rongmei", patients_seen: 2 }, other);
  await other.locator("button.save").click();
  await other.getByText("Saved on this phone").first().waitFor({ timeout: 40_000 });
  assert.equal(await loaded(other), true);
  await thawed.catch(() => {});
  await phone.page.bringToFront();
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 1 });
  await phone.sync();
  await phone.says("All on the server");
  await phone.go("#/records");
  await phone.page.locator("a.record").nth(1).waitFor();
  assert.equal(await phone.page.locator("a.record[href]").count(), 2);
});
