/** A new user's first days: enrolled, ten records without a network, a dead battery, and the server's totals after it. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Killable } from "../support/browser.js";
import { FORMS, Phone } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
const battery = new Killable();

before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
});
after(async () => {
  await battery.end();
  await world?.end();
});

/** The phone after its browser was started. */
async function wake() {
  const context = await battery.start();
  const phone = new Phone(context, world.front.url);
  await phone.open();
  return phone;
}

async function inEnglish(phone) {
  await phone.page.getByRole("button", { name: "English" }).click();
}

test("what is logged without a network survives a reload and a kill, and is counted once it is sent", async () => {
  let phone = await wake();
  await inEnglish(phone);
  await phone.enrol(await world.server.code("tenzin"));
  await phone.says("All on the server");
  // The shell is kept from now on.
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

  await world.front.cut();
  for (let n = 1; n <= 5; n += 1) await phone.log(FORMS.outreach, { place: `village ${n}`, patients_seen: 10 + n });
  await phone.says("5 records wait");

  await phone.page.reload();
  await phone.says("5 records wait");
  for (let n = 6; n <= 10; n += 1) await phone.log(FORMS.outreach, { place: `village ${n}`, patients_seen: 10 + n });

  await phone.fill(FORMS.rescue, { diagnosis: "altitude sickne" });
  await phone.answer("diagnosis", "altitude sickness");
  await phone.page.getByText("All you typed is kept").waitFor();
  await battery.kill();

  phone = await wake();
  await phone.says("10 records wait");
  await phone.page.locator(".drafts a").click();
  assert.equal(await phone.page.locator("#field-diagnosis").inputValue(), "altitude sickness");

  await world.front.open();
  await phone.sync();
  await phone.says("All on the server");
  const { records, measures } = await world.totals();
  assert.deepEqual([records, measures.outreach_clinics, measures.people_benefited], [10, 10, 155]);
});
