/** What browsers of earlier versions kept is read by this build, and what was not synced there arrives once. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { contains } from "./contains.js";
import { BROWSER, EXPECTED, Golden, SERVER } from "./kept.js";
import { synced, told } from "./later.js";
import { World } from "./phone.js";

/** A draft of the kept device that can be finished, and whose it is. */
async function finishable(phone, people) {
  for (const { user } of people) {
    const { drafts = [] } = await phone.shows(user);
    const whole = drafts.find((draft) => draft.faults.length === 0);
    if (whole) return [user, whole.id];
  }
  return assert.fail("no draft is kept that can be finished");
}

test("a browser's store of every version says what it said and takes its work to the server", async (t) => {
  const versions = Golden.all();
  assert.ok(versions.length > 0, "no browser is kept");
  for (const golden of versions) {
    await t.test(golden.version, async (t) => {
      const { version } = golden;
      const [databases, expected] = [golden.json(BROWSER), golden.json(EXPECTED)];
      const world = await World.on(golden.bytes(SERVER));
      t.after(() => world.end());
      const phone = await world.phone(databases);
      assert.deepEqual(await phone.databases(), databases, `${version}: what is restored is what was kept`);

      const before = await told(phone);
      contains(before, expected.before, version);
      const after = await synced(world, phone, before.people, expected.token);
      contains(after, expected.after, `${version}, synced`);
      const again = await synced(world, phone, before.people, expected.token);
      for (const [user, report] of Object.entries(again.reports)) {
        assert.deepEqual([report.pushed, report.pulled, report.error], [0, 0, null], `${version}: all of ${user} arrived once`);
      }
      contains(again.shows, expected.after.shows, `${version}, synced again`);
      assert.deepEqual(again.server, after.server, `${version}: the server has nothing twice`);

      // What somebody had begun to fill in goes on.
      const [user, draft] = await finishable(phone, before.people);
      await phone.does(user, "finishDraft", draft, false);
      const finished = await phone.does(user, "sync");
      assert.deepEqual([finished.pushed, finished.accepted], [1, 1], `${version}: ${JSON.stringify(finished)}`);
      assert.deepEqual((await world.server.command("verify")).differences, [], version);
    });
  }
});
