/**
 * Makes what is kept of a browser of the version that this is: `node tests/browser/wasm/golden.js tests/golden/0.2.0`, in a folder
 * that has its `server.db.gz` already.
 */

import assert from "node:assert/strict";
import path from "node:path";

import { BROWSER, EXPECTED, Golden, SERVER } from "./kept.js";
import { synced, told } from "./later.js";
import { World } from "./phone.js";

const DOCTOR = "doctor-03";
const HOSPITAL = "markam-hospital";
const SCHOOL = "markam-school";

const clinic = (answers) => ({ form: "clinic.outreach", unit: HOSPITAL, answers: { on: "2021-05-01", ...answers } });
const draft = (answers, record = null) => ({ id: null, record, form: "clinic.outreach", unit: HOSPITAL, answers });

/** Syncs, and sees that nothing is left. */
async function sync(phone, user) {
  const report = await phone.does(user, "sync");
  assert.ok(report.answered_all, JSON.stringify(report));
  return report;
}

/** Somebody works with a server at hand, one record is held, and one more person enrols. Gives a record that was made. */
async function online(world, phone) {
  const { server } = world;
  await phone.open();
  await server.admin("grant", "add", DOCTOR, "--unit", SCHOOL, "--role", "recorder");
  await phone.enrol(DOCTOR);
  await sync(phone, DOCTOR);
  const { id } = await phone.does(DOCTOR, "create", clinic({ place: "嘎托镇", patients_seen: "40", notes: "量血压。" }));
  await phone.does(DOCTOR, "comment", id, "再看一次");
  await sync(phone, DOCTOR);
  const lecture = { on: "2021-05-02", topic: "近视", participants: "60" };
  await phone.does(DOCTOR, "create", { form: "school.lecture", unit: SCHOOL, answers: lecture });
  await server.admin("grant", "remove", DOCTOR, "--unit", SCHOOL, "--role", "recorder");
  assert.equal((await sync(phone, DOCTOR)).held, 1);
  await phone.enrol("reviewer-01");
  return id;
}

/** Work that no server has seen. */
async function offline(phone, record) {
  const does = (operation, ...words) => phone.does(DOCTOR, operation, ...words);
  await phone.offline();
  await does("edit", record, [{ set: ["patients_seen", 41] }], false);
  await does("editEntered", record, { notes: "量血压，发药。", referred: "2" }, false);
  const [disputed] = await does("list", { conflicting: true });
  assert.deepEqual(disputed.conflicts, ["patients_seen"]);
  await does("edit", disputed.id, [{ set: ["patients_seen", 44] }], false);
  const [ward] = await does("list", { form: "clinic.outpatient_day" });
  await does("edit", ward.id, [{ count: ["visits", 2] }], false);
  const [surgery] = await does("list", { form: "clinic.surgery" });
  await does("comment", surgery.id, "已出院");
  await does("create", { ...clinic({ notes: "གཞན་མེད།" }), allowFaults: true });
  const entered = await does("keepDraft", draft({ on: "2021-05-03", place: "木许乡", patients_seen: "17" }));
  const { id } = await does("finishDraft", entered.id, false);
  await does("keepDraft", draft({ place: "宗西", patients_seen: "许多" }));
  await does("keepDraft", draft({ referred: "3" }, id));
  const { error } = await does("syncOnce");
  assert.equal(error.code, "unreachable");
}

/** Meanwhile somebody else writes about the same, and something new. */
async function elsewhere(world, record) {
  const colleague = await world.phone();
  await colleague.open();
  await colleague.enrol("doctor-07");
  await sync(colleague, "doctor-07");
  await colleague.does("doctor-07", "edit", record, [{ set: ["patients_seen", 42] }], false);
  await colleague.does("doctor-07", "create", clinic({ place: "曲孜卡乡", patients_seen: "8" }));
  await sync(colleague, "doctor-07");
}

/** Runs `job` in a world of its own. */
async function inWorld(store, job) {
  const world = await World.on(store);
  try {
    return await job(world);
  } finally {
    await world.end();
  }
}

const golden = new Golden(path.resolve(process.argv[2]));
const { token } = golden.json("expected.json");
const { databases, store } = await inWorld(golden.bytes("server.db"), async (world) => {
  const phone = await world.phone();
  const record = await online(world, phone);
  await offline(phone, record);
  await elsewhere(world, record);
  const databases = await phone.databases();
  // A table with nothing in it would prove nothing of its rows.
  const [worked] = databases.filter(({ stores }) => stores.every(({ rows }) => rows.length > 0) && stores.length > 1);
  assert.ok(worked, "every table of the one who works holds something");
  return { databases, store: await world.server.store() };
});
// From here on the copies are changed, and the kept ones are not.
const expected = await inWorld(store, async (world) => {
  const phone = await world.phone(databases);
  const before = await told(phone);
  return { token, before, after: await synced(world, phone, before.people, token) };
});
golden.keep(BROWSER, databases);
golden.keep(SERVER, store);
golden.keep(EXPECTED, expected);
