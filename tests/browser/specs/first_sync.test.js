/** The first sync of a phone that takes over ten thousand records, over a network that breaks. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { seed } from "../support/seed.js";
import { World } from "../support/world.js";

const RECORDS = 10_000;

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await seed(world.server, "tenzin", RECORDS);
});
after(() => world?.end());

async function records(phone) {
  const text = await phone.page.locator("p[role=status]", { hasText: /records?$/ }).innerText();
  return Number(text.replace(/\D/g, ""));
}

test("an interrupted first sync of ten thousand records goes on where it was, and the list scrolls through all of them", async () => {
  const phone = await world.phone();
  const code = await world.server.code("tenzin");
  // Three answers, and the network is gone.
  let answers = 0;
  let bytes = 0;
  const whole = { before: 0, after: 0 };
  world.front.before = (request, response) => {
    if (request.url !== "/sync/v1") return false;
    const phase = answers < 3 ? "before" : "after";
    response.on("finish", () => (answers += 1));
    const write = response.write.bind(response);
    response.write = (chunk, ...rest) => {
      bytes += chunk.length;
      whole[phase] += chunk.length;
      return write(chunk, ...rest);
    };
    if (answers < 3) return false;
    if (whole.cut) return false;
    whole.cut = true;
    void world.front.cut();
    return true;
  };
  await phone.enrol(code);
  await phone.go("#/me");
  await phone.page.getByText("The server cannot be reached").waitFor();
  await phone.go("#/records");
  await phone.page.locator("a.record[href]").first().waitFor();
  const some = await records(phone);
  assert.ok(some > 0 && some < RECORDS, `${some} records after the cut`);

  await phone.page.reload();
  await phone.page.locator("a.record[href]").first().waitFor();
  assert.equal(await records(phone), some, "what has come is kept");

  await world.front.open();
  await phone.sync();
  await phone.says("All on the server");
  await phone.go("#/records");
  await phone.page.getByText("10,000 records").waitFor();
  assert.ok(whole.before > 0 && whole.after > 0);
  world.front.before = null;

  // The last one, far below.
  await phone.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await phone.page.locator("li[aria-posinset='10000'] a[href]").waitFor();
  assert.ok((await phone.page.locator("a.record").count()) < 60, "only what is seen is on the page");

  await phone.page.locator("input[type=search]").fill("嘎托镇 7007");
  await phone.page.getByText("1 record", { exact: true }).waitFor();
  await phone.page.locator("a.record", { hasText: "嘎托镇 7007" }).waitFor();
});
