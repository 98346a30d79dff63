/** Somebody loses the right to record in a place while their work is still on the phone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
});
after(() => world?.end());

test("what is held says why, in the reader's language, and is still there", async () => {
  const phone = await world.phoneOf("tenzin");
  await world.front.cut();
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await world.server.admin("grant", "add", "tenzin", "--role", "observer", "--unit", "markam-hospital");
  await world.server.admin("grant", "remove", "tenzin", "--role", "recorder", "--unit", "markam-hospital");
  await world.front.open();
  await phone.sync();
  await phone.says("1 held");

  await phone.page.getByRole("button", { name: /1 record is held/ }).click();
  await phone.page.locator("a.record", { hasText: "Held" }).click();
  await phone.page.getByText("You have no right to write in this place (any more).").waitFor();
  assert.equal(await phone.page.locator("[data-reasons]").getAttribute("data-reasons"), "no_permission");
  await phone.page.locator("dd", { hasText: "Gartok" }).waitFor();

  for (const [language, sentence] of [["中文", "您在这个单位（已）没有填写的权限"], ["བོད་ཡིག", "ཁྱེད་ལ་སྡེ་ཚན་འདིར་འབྲི་བའི་དབང་ཚད་མེད"]]) {
    const record = phone.page.url();
    await phone.go("#/me");
    await phone.page.getByRole("button", { name: language }).click();
    await phone.page.goto(record);
    await phone.page.getByText(sentence).waitFor();
  }
});
