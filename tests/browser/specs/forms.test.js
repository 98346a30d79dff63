/** Filling in and changing what has every type of field. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { World } from "../support/world.js";

const ROUND = fileURLToPath(new URL("../support/round.json", import.meta.url));

let world;
let phone;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await world.server.admin("form", "add", ROUND);
  phone = await world.phoneOf("tenzin");
});
after(() => world?.end());

const entry = (n) => phone.page.locator("[data-field=households] li.entry").nth(n);

test("what is missing or out of bounds is said field by field, and only what is missing can wait", async () => {
  const { page } = phone;
  await phone.fill("clinic.round", { notes: "first line\nsecond line" });
  await page.getByRole("button", { name: "Add one" }).click();
  await entry(0).locator("input").first().fill("Pasang");
  // Tibetan digits are digits.
  await entry(0).locator("input").nth(1).fill("༠");
  await page.locator("button.save").click();
  await page.locator(".faults:focus").waitFor();
  const said = await page.locator(".faults li").allInnerTexts();
  assert.deepEqual(said.map((text) => text.replace(/\s+/g, " ")), ["Village Needs an answer", "Households · People At least 1"]);
  assert.equal(await page.getByRole("button", { name: "Save as it is" }).count(), 0);

  await page.locator(".faults a").first().click();
  await page.locator("#field-village:focus").waitFor();
  await entry(0).locator("input").nth(1).fill("༤");
  await page.locator(".faults li", { hasText: "People" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Save as it is" }).click();
  await page.getByText("Saved on this phone").first().waitFor();

  await phone.go("#/records");
  await page.locator("a.record", { hasText: "Incomplete" }).click();
  await page.getByText("Still missing or wrong").waitFor();
});

test("a record is changed entry by entry, and its draft outlives the page", async () => {
  const { page } = phone;
  await page.getByRole("link", { name: "Edit" }).click();
  await page.locator("#field-village").fill("Gartok");
  await entry(0).locator("input").first().fill("Tashi");
  await page.getByRole("button", { name: "Add one" }).click();
  await entry(1).locator("input").first().fill("Drolma");
  await page.locator("[data-field=queue] button.more").click();
  await page.locator("[data-field=next]").getByRole("button", { name: "Today" }).click();
  await page.getByText("All you typed is kept").waitFor();

  await page.reload();
  await entry(1).locator("input").first().waitFor();
  assert.equal(await entry(1).locator("input").first().inputValue(), "Drolma");
  assert.equal(await page.locator("[data-field=queue] output").innerText(), "1");
  await page.locator("button.save").click();

  await page.locator("dl.card", { hasText: "Drolma" }).waitFor();
  assert.equal(await page.getByText("Still missing or wrong").count(), 0);
  await page.getByRole("link", { name: "Edit" }).click();
  await entry(0).getByRole("button", { name: /^Remove/ }).click();
  await page.locator("button.save").click();
  await page.locator("dl.card", { hasText: "Tashi" }).waitFor({ state: "detached" });
  await page.locator("dl.card", { hasText: "Drolma" }).waitFor();
  await page.locator("summary", { hasText: "Who changed what" }).click();
  await page.locator("details", { hasText: "Village: Gartok" }).waitFor();
});

test("a void record stays, with its reason, and is left out of totals", async () => {
  const { page } = phone;
  await page.getByRole("button", { name: "Void" }).click();
  await page.locator("dialog input").fill("logged twice");
  await page.locator("dialog").getByRole("button", { name: "Void" }).click();
  await page.locator(".mark", { hasText: "Void" }).waitFor();
  await page.getByText("logged twice").waitFor();
  assert.equal(await page.getByRole("link", { name: "Edit" }).count(), 0);
});
