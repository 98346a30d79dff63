/** The module's own face, against a real server. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { FOLDERS, Worker, launch } from "./browser.js";
import { Server } from "./server.js";
import { serve } from "./site.js";

let server, site, browser;

before(async () => {
  server = await Server.start();
  site = await serve(FOLDERS, server.url);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

/** A worker that leads a device where `doctor-03` is enrolled and has synced. */
async function enrolled(context) {
  const worker = await Worker.open(context, site);
  const person = await worker.run(
    async ({ cairn, kept }, { url, code }) => {
      kept.device = await cairn.Device.open();
      const person = await kept.device.enrol(url, code, "phone");
      kept.replica = await kept.device.replica(person.id);
      await kept.replica.sync();
      return person;
    },
    { url: site.url, code: await server.code() },
  );
  return { worker, person };
}

const visit = { form: "clinic.outreach", answers: { on: "2021-05-01", place: "嘎托镇", patients_seen: "40" } };

test("a device enrols, works and syncs", async () => {
  const { worker, person } = await enrolled(await browser.newContext());
  assert.equal(person.user, "doctor-03");
  const seen = await worker.run(async ({ kept: { device, replica } }, visit) => {
    const saved = await replica.create(visit);
    const before = await replica.status();
    await replica.edit(saved.id, [{ set: ["patients_seen", 41] }], false);
    await replica.comment(saved.id, "再看一次");
    const report = await replica.sync();
    return {
      before,
      report,
      people: await device.people(),
      after: await replica.status(),
      list: await replica.list({}),
      shown: await replica.show(saved.id),
      history: await replica.history(saved.id),
    };
  }, visit);
  assert.equal(seen.before.waiting, 1);
  assert.deepEqual([seen.report.error, seen.report.accepted, seen.report.answered_all], [null, 3, true]);
  assert.equal(seen.after.waiting, 0);
  assert.deepEqual(seen.people, [person]);
  assert.equal(seen.list.length, 1);
  assert.deepEqual([seen.list[0].receipt, seen.list[0].values.patients_seen], ["on_the_server", 41]);
  assert.deepEqual(seen.shown.comments.map((comment) => [comment.text, comment.author]), [["再看一次", "doctor-03"]]);
  assert.equal(seen.history.length, 3);
});
