/** The network goes and comes, as the browser itself tells of it. */

import { after, before, test } from "node:test";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
});
after(() => world?.end());

test("when the network returns, what waits is sent without a tap, even if the worker was never told", async () => {
  const phone = await world.phone();
  await phone.enrol(await world.server.code("tenzin"));
  await phone.says("All on the server");
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await phone.context.setOffline(true);
  // The worker that starts now knows no other state than this one.
  await phone.page.reload();
  await phone.log(FORMS.outreach, { place: "village", patients_seen: 12 });
  await phone.says("1 record waits");
  await phone.context.setOffline(false);
  await phone.says("All on the server");
});
