/** Several people on one phone, and work that is carried by hand. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await world.server.user("drolma", "卓玛");
  await world.server.user("pema", "白玛");
  await world.server.admin("grant", "add", "pema", "--role", "recorder", "--unit", "gartok-clinic");
});
after(() => world?.end());

test("each has a logbook of their own, a tap away; one with unsent work is not removed by accident", async () => {
  const phone = await world.phoneOf("tenzin");
  const { page } = phone;
  await world.front.cut();
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await world.front.open();
  await page.evaluate((code) => (location.hash = `#enrol=${code}`), await world.server.code("drolma"));
  await page.locator("form button.main").click();
  await page.locator("a[data-form]").first().waitFor();
  await phone.go("#/records");
  await page.getByText("No records").waitFor();
  await phone.go("#/me");
  await page.getByRole("heading", { name: "卓玛" }).waitFor();
  await page.getByRole("button", { name: "丹增" }).click();
  await page.getByRole("heading", { name: "丹增" }).waitFor();
  await phone.sync();
  await phone.says("All on the server");
  assert.equal((await world.totals()).records, 1);

  await world.front.cut();
  await phone.log(FORMS.outreach, { place: "Rongmei", patients_seen: 2 });
  await phone.go("#/me");
  await page.getByRole("button", { name: "Remove from this phone" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("What was not sent or not finished will be lost!").waitFor();
  await page.locator("dialog").getByRole("button", { name: "No" }).click();
  await phone.says("1 record waits");
  await world.front.open();
});

test("a draft that nobody has finished is not removed by accident either", async () => {
  const phone = await world.phoneOf("tenzin");
  const { page } = phone;
  await phone.says("All on the server");
  await phone.fill(FORMS.outreach, { place: "Gar" });
  await page.getByText("All you typed is kept").waitFor();
  await phone.go("#/me");
  await page.getByRole("button", { name: "Remove from this phone" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("What was not sent or not finished will be lost!").waitFor();
  await page.getByRole("button", { name: "Remove all the same" }).click();
  await page.locator("input[name=code]").waitFor();
});

test("a wrong code is told, and the right one still works", async () => {
  const phone = await world.phone();
  await phone.page.locator("input[name=code]").fill("00000-00000");
  await phone.page.locator("form button.main").click();
  await phone.page.getByText("There is no such code").waitFor();
  await phone.enrol((await world.server.code("drolma")).toLowerCase());
});

test("whoever works in two places chooses one", async () => {
  const phone = await world.phoneOf("pema");
  await phone.fill(FORMS.outreach, { place: "Gartok", patients_seen: 3 });
  await phone.page.locator("#unit").selectOption({ label: "嘎托镇卫生院" });
  await phone.save();
  await phone.openRecord("Gartok");
  await phone.page.getByText("嘎托镇卫生院").waitFor();
});

test("a copy that was saved on one phone is read on another", async () => {
  const one = await world.phoneOf("tenzin");
  await world.front.cut();
  await one.log(FORMS.outreach, { place: "Bangda", patients_seen: 7 });
  await one.go("#/me");
  const [download] = await Promise.all([one.page.waitForEvent("download"), one.page.getByRole("button", { name: "Save a copy" }).click()]);
  const path = await download.path();
  await world.front.open();

  const two = await world.phoneOf("tenzin");
  await world.front.cut();
  await two.go("#/me");
  await two.page.locator("input[type=file]").setInputFiles({ name: "copy.cairn", mimeType: "application/octet-stream", buffer: await (await import("node:fs/promises")).readFile(path) });
  await two.page.getByText("The copy is read").waitFor();
  await two.openRecord("Bangda");
  await two.page.locator("dd", { hasText: "7" }).first().waitFor();
  await world.front.open();
});
