/** Every screen, on a small phone, in three languages: usable by all, at home with the server alone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, fits } from "../support/eyes.js";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

const LANGUAGES = { zh: "zh-CN", bo: "bo-CN", en: "en-GB" };

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await world.server.user("drolma", "卓玛");
});
after(() => world?.end());

async function look(phone, where) {
  await fits(phone.page, where);
  await axe(phone.page, where);
}

for (const [language, locale] of Object.entries(LANGUAGES)) {
  test(`every screen in ${language}`, async () => {
    const phone = await world.phone({ locale, colorScheme: language === "bo" ? "dark" : "light" });
    const { page } = phone;
    await page.locator("input[name=code]").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang.split("-")[0]), language);
    await look(phone, "enrol");
    await phone.enrol(await world.server.code("tenzin"));
    await look(phone, "log");

    await phone.fill(FORMS.rescue, { diagnosis: "肺水肿" });
    await look(phone, "fill");
    await page.locator("button.save").click();
    await page.locator(".faults").waitFor();
    await look(phone, "faults");
    await page.locator(".choices button").first().click();
    await page.locator("[data-field=outcome] button").first().click();
    await page.locator("button.save").click();
    await page.locator("a[data-form]").first().waitFor();
    await phone.fill(FORMS.outpatient, { department: "内科", visits: 2 });
    await look(phone, "tally");
    await page.locator("button.save").click();
    await page.locator("a[data-form]").first().waitFor();
    await phone.fill(FORMS.outreach, { place: "嘎" });
    await phone.go("#/log");
    await page.locator(".drafts").waitFor();
    await look(phone, "log with a draft");

    await phone.go("#/records");
    await page.locator("a.record[href]").first().waitFor();
    await look(phone, "records");
    await page.locator("summary").click();
    await page.locator(".bar button").click();
    await look(phone, "records, all open");

    await page.locator("a.record", { hasText: "肺水肿" }).first().click();
    await page.locator("dl.card").waitFor();
    await page.locator("summary").click();
    await page.locator("details li").first().waitFor();
    await look(phone, "record");
    await page.locator("main .row .button").nth(1).click();
    await page.locator("dialog[open]").waitFor();
    await look(phone, "void");
    await page.keyboard.press("Escape");
    await page.locator("main .row .button").first().click();
    await page.locator("button.save").waitFor();
    await look(phone, "edit");
    await phone.go("#/me");
    await page.locator("progress, .main").first().waitFor();
    await look(phone, "me");

    assert.deepEqual(phone.errors, []);
    const foreign = phone.requests.filter((url) => !url.startsWith(phone.url) && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, [], "asked of nobody but the server");
  });
}

test("whoever moves by keyboard begins at the new screen's heading", async () => {
  const phone = await world.phoneOf("drolma");
  await phone.page.getByRole("link", { name: "My records" }).press("Enter");
  await phone.page.locator("h1:focus", { hasText: "My records" }).waitFor();
});

test("the first load takes less than 900 kB over the wire, and a later start needs no network", async () => {
  const before = world.front.given;
  const phone = await world.phone();
  await phone.page.locator("input[name=code]").waitFor();
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const bytes = world.front.given - before;
  assert.ok(bytes > 100_000 && bytes < 900_000, `${bytes} bytes`);
  await world.front.cut();
  await phone.page.reload();
  await phone.page.locator("input[name=code]").waitFor();
  await world.front.open();
});
