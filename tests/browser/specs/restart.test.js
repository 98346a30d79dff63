/** The engine fails inside; the browser throws the records away. */

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

test("a panic is told, and the page goes on from the store", async () => {
  const phone = await world.phoneOf("tenzin");
  await world.front.cut();
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await phone.page.workers()[0].evaluate(() => {
    self.dispatchEvent(new ErrorEvent("error", { error: new WebAssembly.RuntimeError("unreachable") }));
  });
  await phone.page.getByText("The app failed inside and was started again").waitFor();
  await phone.log(FORMS.outreach, { place: "Rongmei", patients_seen: 2 });
  await phone.says("2 records wait");
  await phone.page.getByRole("button", { name: "Understood" }).click();
  await world.front.open();
});

test("records that the browser has cleared are missed, and told of", async () => {
  const phone = await world.phoneOf("drolma");
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await phone.sync();
  await phone.says("All on the server");
  const session = await phone.context.newCDPSession(phone.page);
  await phone.page.goto("about:blank");
  await session.send("Storage.clearDataForOrigin", { origin: phone.url, storageTypes: "indexeddb" });
  await phone.page.goto(phone.url);
  await phone.page.getByText(/This phone's records were cleared by the browser \(卓玛\)/).waitFor();

  await phone.enrol(await world.server.code("drolma"));
  await phone.go("#/records");
  await phone.page.locator("a.record", { hasText: "Gartok" }).waitFor();
  assert.equal(await phone.page.getByText("cleared by the browser").count(), 0);
});
