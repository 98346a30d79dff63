/** Two people edit the same field without knowing of each other. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await world.server.user("drolma", "卓玛");
});
after(() => world?.end());

async function edit(phone, record, answers) {
  await phone.openRecord(record);
  await phone.page.getByRole("link", { name: "Edit" }).click();
  for (const [field, answer] of Object.entries(answers)) await phone.answer(field, answer);
  await phone.save();
}

test("both values are shown with their authors, and one tap settles it everywhere", async () => {
  const one = await world.phoneOf("tenzin");
  const two = await world.phoneOf("drolma");
  await one.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await one.sync();
  await one.says("All on the server");
  await two.sync();
  await two.go("#/records");
  await two.page.getByRole("button", { name: "Filter" }).click();
  await two.page.getByRole("button", { name: "Everybody's" }).click();
  await two.page.locator("a.record", { hasText: "Gartok" }).waitFor();

  await world.front.cut();
  await edit(one, "Gartok", { patients_seen: 41 });
  await edit(two, "Gartok", { patients_seen: 44 });
  await world.front.open();
  await one.sync();
  await one.says("All on the server");
  await two.sync();
  await two.says("All on the server");

  await two.openRecord("Gartok");
  const conflict = two.page.locator("[data-conflict=patients_seen]");
  await conflict.waitFor();
  const shown = await conflict.locator("li").allInnerTexts();
  assert.equal(shown.length, 2);
  assert.ok(shown.some((text) => text.includes("41") && text.includes("tenzin")), shown.join());
  assert.ok(shown.some((text) => text.includes("44") && text.includes("drolma")), shown.join());

  await conflict.getByRole("button", { name: "Take this: 41" }).click();
  await conflict.waitFor({ state: "detached" });
  await two.sync();
  await two.says("All on the server");
  await one.sync();
  await one.openRecord("Gartok");
  await one.page.locator("dd", { hasText: "41" }).waitFor();
  assert.equal(await one.page.locator("[data-conflict]").count(), 0);
  assert.equal((await world.totals()).measures.people_benefited, 41);
});
