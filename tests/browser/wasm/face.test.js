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

test("every commit asks for strict durability", async () => {
  const { worker } = await enrolled(await browser.newContext());
  const asked = await worker.run(async ({ kept: { replica } }, visit) => {
    const { transaction } = IDBDatabase.prototype;
    const asked = [];
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      const begun = transaction.call(this, stores, mode, options);
      if (mode === "readwrite") asked.push(begun.durability);
      return begun;
    };
    const draft = await replica.keepDraft({ id: null, record: null, unit: null, ...visit });
    await replica.finishDraft(draft.id, false);
    await replica.sync();
    return asked;
  }, visit);
  assert.ok(asked.length >= 3);
  assert.deepEqual(new Set(asked), new Set(["strict"]));
});

test("whoever leads later writes, and the earlier one is told", async () => {
  const context = await browser.newContext();
  const { worker: first, person } = await enrolled(context);
  const before = await first.run(({ kept: { replica } }) => replica.count({}));
  const second = await Worker.open(context, site);
  await second.run(
    async ({ cairn, kept }, { id, visit }) => {
      kept.device = await cairn.Device.open();
      kept.replica = await kept.device.replica(id);
      await kept.replica.create(visit);
    },
    { id: person.id, visit },
  );
  const late = (visit) => first.run(({ kept: { replica } }, visit) => replica.create(visit), visit);
  await assert.rejects(late(visit), { code: "not_leading" });
  const enrols = first.run(({ kept: { device } }, given) => device.enrol(given.url, given.code, "phone"), {
    url: site.url,
    code: await server.code(),
  });
  await assert.rejects(enrols, { code: "not_leading" });
  assert.equal(await second.run(({ kept: { replica } }) => replica.count({})), before + 1);
});

test("errors say what is wrong", async () => {
  const { worker, person } = await enrolled(await browser.newContext());
  const failure = (job, given) => assert.rejects(worker.run(job, given), (error) => (failed = error) && true);
  let failed;
  await failure(({ kept: { replica } }) => replica.create({ form: "clinic.outreach", answers: { on: "2021-05-01" } }));
  assert.equal(failed.code, "faults");
  assert.ok(failed.faults.some((fault) => fault.field === "place" && fault.code === "required"));
  await failure(({ kept: { replica } }) => replica.create({ form: "clinic.camp", answers: {} }));
  assert.equal(failed.code, "unknown_form");
  await failure(({ kept: { replica } }) => replica.create({ form: "clinic.outreach", answer: {} }));
  assert.deepEqual([failed.code, /new: .*answer/.test(failed.message)], ["bad_argument", true]);
  await failure(({ kept: { replica } }) => replica.list({ text: 7 }));
  assert.equal(failed.code, "bad_argument");
  await failure(({ kept: { replica } }) => replica.show("nobody"));
  assert.equal(failed.code, "bad_argument");
  await failure(({ kept: { device } }) => device.replica("nobody"));
  assert.equal(failed.code, "no_such_person");
  await failure(({ kept: { device } }, url) => device.enrol(url, "00000-00000", "phone"), site.url);
  assert.match(failed.message, /the server said/);
  await failure(({ kept: { device } }) => device.enrol("http://127.0.0.1:9", "00000-00000", "phone"));
  assert.equal(failed.code, "unreachable");
  await failure(({ kept: { device } }, url) => device.enrol(`${url}/pages/index.html`, "00000-00000", "phone"), site.url);
  assert.equal(failed.code, "not_a_server");
  assert.equal((await worker.run(({ kept: { device } }) => device.people())).length, 1, person.id);
});

test("a person is forgotten only when nothing would be lost, and enrols again into the same replica until then", async () => {
  const context = await browser.newContext();
  const { worker, person } = await enrolled(context);
  const saved = await worker.run(({ kept: { replica } }, visit) => replica.create(visit), visit);
  const again = await worker.run(({ kept: { device } }, given) => device.enrol(given.url, given.code, "phone"), {
    url: site.url,
    code: await server.code(),
  });
  assert.equal(again.id, person.id);
  assert.notEqual(again.device, person.device);
  assert.equal((await worker.run(({ kept: { replica } }, id) => replica.show(id), saved.id)).receipt, "on_this_device");
  const forget = (evenIfUnsent) =>
    worker.run(({ kept: { device } }, [id, evenIfUnsent]) => device.forget(id, evenIfUnsent), [person.id, evenIfUnsent]);
  await assert.rejects(forget(false), { code: "unsent_work" });
  await forget(true);
  assert.deepEqual(await worker.run(({ kept: { device } }) => device.people()), []);
  const databases = await worker.run(async () => (await indexedDB.databases()).map(({ name }) => name));
  assert.deepEqual(databases, ["cairn", "cairn-empty"]);
});

test("what is not sent is carried by a file", async () => {
  const { worker: from } = await enrolled(await browser.newContext());
  const { worker: to } = await enrolled(await browser.newContext());
  const before = await to.run(({ kept: { replica } }) => replica.count({}));
  await from.run(({ kept: { replica } }, visit) => replica.create(visit), visit);
  const file = await from.run(async ({ kept: { replica } }) => [...(await replica.exportUnsent())]);
  const report = await to.run(({ kept: { replica } }, file) => replica.importCopy(new Uint8Array(file)), file);
  assert.deepEqual(report, { changes: 1, taken_in: 1, rejected: 0 });
  assert.equal(await to.run(({ kept: { replica } }) => replica.count({})), before + 1);
  await assert.rejects(to.run(({ kept: { replica } }) => replica.importCopy(new Uint8Array(9))), { code: "bad_copy" });
});

test("a listener hears when another device has sent something", async () => {
  const { worker: ear } = await enrolled(await browser.newContext());
  const { worker: mouth } = await enrolled(await browser.newContext());
  await ear.run(async ({ kept }) => {
    kept.heard = 0;
    const begun = new Promise((resolve) => {
      kept.hear = () => resolve();
      kept.replica.listen(() => {
        kept.heard += 1;
        kept.hear();
      });
    });
    await begun;
    kept.next = new Promise((resolve) => (kept.hear = resolve));
  });
  await mouth.run(async ({ kept: { replica } }, visit) => {
    await replica.create(visit);
    await replica.sync();
  }, visit);
  assert.ok(await ear.run(({ kept }) => kept.next.then(() => kept.heard >= 2)));
});

test("a redirect is no answer", async () => {
  const { createServer } = await import("node:http");
  const portal = createServer((_, response) => response.writeHead(302, { location: "/login" }).end());
  await new Promise((resolve) => portal.listen(0, "127.0.0.1", resolve));
  const login = await serve(FOLDERS, `http://127.0.0.1:${portal.address().port}`);
  const worker = await Worker.open(await browser.newContext(), login);
  const enrols = worker.run(
    async ({ cairn }, url) => (await cairn.Device.open()).enrol(url, "00000-00000", "phone"),
    login.url,
  );
  await assert.rejects(enrols, { code: "not_a_server" });
  await login.stop();
  portal.close();
});
