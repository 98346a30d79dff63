/** The server has a new version of the app. */

import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FORMS } from "../support/phone.js";
import { DIST } from "../support/programs.js";
import { World } from "../support/world.js";

let world;
before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
});
after(() => world?.end());

/** The build once more, with a mark in its page, as a version of its own. */
function newVersion() {
  const files = join(world.server.directory, "newer");
  cpSync(DIST, files, { recursive: true });
  for (const ending of [".br", ".gz"]) for (const name of ["index.html", "sw.js"]) rmSync(join(files, name + ending), { force: true });
  const change = (name, from, to) => {
    const text = readFileSync(join(files, name), "utf8");
    assert.match(text, from);
    writeFileSync(join(files, name), text.replace(from, to));
  };
  change("index.html", /<title>Cairn/, "<title>Cairn the newer");
  change("sw.js", /[`"'][0-9a-f]{12}[`"']/, '"new-version"');
  return files;
}

test("a new version waits for the tap; the old one keeps working until then, and without a network", async () => {
  const phone = await world.phoneOf("tenzin");
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await phone.page.reload();
  await phone.says("All on the server");

  world.front.files = newVersion();
  await phone.page.evaluate(() => navigator.serviceWorker.getRegistration().then((registration) => registration.update()).then(() => true));
  const banner = phone.page.getByRole("button", { name: "New version — tap to update" });
  await banner.waitFor();

  await phone.page.reload();
  assert.equal(await phone.page.title(), "Cairn");
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await phone.sync();
  await phone.says("All on the server");
  await phone.fill(FORMS.outreach, { place: "half writ" });
  await phone.page.getByText("All you typed is kept").waitFor();

  await world.front.cut();
  await Promise.all([phone.page.waitForEvent("load"), banner.click()]);
  assert.equal(await phone.page.title(), "Cairn the newer");
  assert.equal(await phone.page.locator("#field-place").inputValue(), "half writ");
  assert.equal(await banner.count(), 0);
  await world.front.open();
});
