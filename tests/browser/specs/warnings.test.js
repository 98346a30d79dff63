/** What a person is warned of in time. */

import { after, before, test } from "node:test";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

const DAY_MS = 86_400_000;

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
});
after(() => world?.end());

test("work that has waited for more than a week is told of, and the words tell for how long", async () => {
  const phone = await world.phoneOf("tenzin");
  await world.front.cut();
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await phone.page.clock.setFixedTime(Date.now() + 10 * DAY_MS + 1000);
  await phone.page.reload();
  await phone.says("1 record waits · last synced 10 days ago");
  await phone.page.getByText("Records have waited for 10 days. Find a network, or save a copy.").waitFor();
  await world.front.open();
});

test("a phone that is nearly full is told of", async () => {
  const phone = await world.phone();
  await phone.context.addInitScript(() => {
    Object.defineProperty(navigator.storage, "estimate", { value: async () => ({ quota: 60_000_000, usage: 50_000_000 }) });
  });
  await phone.page.reload();
  await phone.page.getByText("The phone is nearly full. Make some room.").waitFor();
});
