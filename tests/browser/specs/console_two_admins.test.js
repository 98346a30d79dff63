/** Two admins at the same queue at once: one is told that the other has decided, nothing is done twice, and no word is lost. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskOf, staff } from "../support/console.js";
import { World } from "../support/world.js";

const UNIT = "markam-hospital";
let world;
let pema;
/** Hears at once what moves, and, at another window, does not. */
let dawa;
let deaf;
let tenzin;
let drolma;

before(async () => {
  world = await World.begin();
  for (const [username, name] of [["tenzin", "丹增"], ["drolma", "卓玛"]]) await world.server.user(username, name);
  [tenzin, drolma] = await Promise.all(["tenzin", "drolma"].map(enrolled));
  await staff(world, "pema", "白玛");
  await staff(world, "dawa", "达瓦");
  pema = await deskOf(world, "pema");
  dawa = await deskOf(world, "dawa");
  deaf = await deskOf(world, "dawa");
  await deaf.context.route("**/api/v1/live", (route) => route.abort());
  await deaf.page.reload();
  await deaf.page.locator("nav").first().waitFor();
});
after(() => world?.end());

async function enrolled(username) {
  const cli = world.server.desk(`desk-${username}`);
  await cli("enrol", world.server.url, await world.server.code(username));
  await cli("sync");
  return cli;
}

async function disputed(place) {
  const { id } = JSON.parse(await tenzin("--json", "record", "add", "clinic.outreach", `place=${place}`, "patients_seen=40", "--unit", UNIT));
  await tenzin("sync");
  await drolma("sync");
  await tenzin("record", "edit", id, "patients_seen=41");
  await drolma("record", "edit", id, "patients_seen=44");
  await tenzin("sync");
  await drolma("sync");
  return id;
}

const at = (desk, id) => desk.page.locator(`[data-record="${id}"]`);
const changes = async (id) => (await pema.api(`records/${id}`)).history.length;

test("one settles a conflict while the other writes: the other is told, what they wrote stays, and they go on", async () => {
  const second = await disputed("Zongxi");
  const first = await disputed("Gartok");
  for (const desk of [pema, dawa]) {
    await desk.go("#/queues/conflicts?unit=markam");
    await at(desk, first).waitFor();
  }
  await at(dawa, first).locator("[data-act=return]").click();
  await at(dawa, first).locator("textarea[name=reason]").fill("两个数字都不像，请再数一遍。");
  await at(pema, first).getByRole("button", { name: "就用这个: 41" }).click();
  await at(pema, second).waitFor();

  await dawa.page.locator("[data-overtaken]").waitFor();
  await dawa.page.locator("[data-news]").getByText("pema").waitFor();
  assert.equal(await at(dawa, first).locator("textarea[name=reason]").inputValue(), "两个数字都不像，请再数一遍。");
  assert.equal(await at(dawa, first).locator("[data-conflict]").count(), 0);
  await dawa.page.locator("[data-overtaken] button").click();
  await at(dawa, second).waitFor();
  // Back at the record, the words are still there.
  await dawa.go(`#/record/${first}`);
  assert.equal(await at(dawa, first).locator("textarea[name=reason]").inputValue(), "两个数字都不像，请再数一遍。");
  assert.equal(await changes(first), 4, "begun, edited twice, settled once");
});

test("both press at the same moment: one decides, the other is shown what was decided, and nothing is done twice", async () => {
  const id = await disputed("Rumei");
  for (const desk of [pema, deaf]) {
    await desk.go("#/queues/conflicts?unit=markam");
    await desk.page.locator(`[data-item="${id}"]`).click();
    await at(desk, id).waitFor();
  }
  await Promise.all([
    at(pema, id).getByRole("button", { name: "就用这个: 41" }).click(),
    at(deaf, id).getByRole("button", { name: "就用这个: 44" }).click(),
  ]);
  // Whoever was second is told so; whoever was first has the next one before them.
  const told = await Promise.race([pema, deaf].map(async (desk) => {
    await desk.page.locator("[data-code=record_moved]").waitFor();
    return desk;
  }));
  const other = told === pema ? deaf : pema;
  await told.page.locator("[data-overtaken]").waitFor();
  await at(other, id).waitFor({ state: "detached" });
  const report = await pema.api(`records/${id}`);
  assert.equal(report.history.length, 4, "begun, edited twice, settled once");
  assert.equal(report.values.patients_seen, other === pema ? 41 : 44, "by whoever was first");
});

test("one who does not hear of it writes a reason: it is not given on what nobody has seen, and is not lost", async () => {
  const { id } = JSON.parse(await tenzin("--json", "record", "add", "clinic.outreach", "place=Quzika", "--draft", "--unit", UNIT));
  await tenzin("sync");
  await deaf.go("#/queues/faults?unit=markam");
  await at(deaf, id).waitFor();
  await at(deaf, id).locator("[data-act=return]").click();
  await at(deaf, id).locator("textarea[name=reason]").fill("请填接诊人数。");
  const { heads } = await pema.api(`records/${id}`);
  await pema.api(`records/${id}/fields`, { fields: { patients_seen: 19 }, seen: heads });

  await at(deaf, id).locator("form", { has: deaf.page.locator("textarea[name=reason]") }).getByRole("button", { name: "退回" }).click();
  await deaf.page.locator("[data-code=record_moved]").waitFor();
  await deaf.page.locator("[data-overtaken]").waitFor();
  await at(deaf, id).locator("[data-value=patients_seen]", { hasText: "19" }).waitFor();
  assert.equal(await at(deaf, id).locator("textarea[name=reason]").inputValue(), "请填接诊人数。");
  assert.equal((await pema.api(`records/${id}`)).status, "open");
});

test("one edits while another has changed another field: what was typed stays, and both are kept", async () => {
  const { id } = JSON.parse(await tenzin("--json", "record", "add", "clinic.outreach", "place=Bangda", "patients_seen=20", "--unit", UNIT));
  await tenzin("sync");
  await deaf.go(`#/record/${id}`);
  await at(deaf, id).getByRole("button", { name: "修改" }).click();
  await at(deaf, id).locator("[data-field=place] input").fill("帮达乡卫生院");
  await pema.api(`records/${id}/fields`, { fields: { patients_seen: 21 } });
  const save = at(deaf, id).getByRole("button", { name: "保存修改" });
  await save.click();
  await deaf.page.locator("[data-code=record_moved]").waitFor();
  assert.equal(await at(deaf, id).locator("[data-field=place] input").inputValue(), "帮达乡卫生院");
  await deaf.page.locator("[data-news]").getByText("21").waitFor();
  await save.click();
  await at(deaf, id).locator("[data-value=place]", { hasText: "帮达乡卫生院" }).waitFor();
  const { values } = await pema.api(`records/${id}`);
  assert.deepEqual([values.place, values.patients_seen], ["帮达乡卫生院", 21]);
});

test("one lets in what was held, and the other is told", async () => {
  await world.server.admin("grant", "add", "drolma", "--role", "observer", "--unit", UNIT);
  await drolma("record", "add", "clinic.training", "topic=心肺复苏", "mode=bedside", "people=12", "--unit", UNIT);
  await world.server.admin("grant", "remove", "drolma", "--role", "recorder", "--unit", UNIT);
  await drolma("sync");
  for (const desk of [pema, dawa, deaf]) {
    await desk.go("#/queues/held?unit=markam");
    await desk.page.locator("[data-held] .acts li").first().waitFor();
  }
  for (const desk of [dawa, deaf]) {
    await desk.page.locator("[data-act=reject]").click();
    await desk.page.locator("input[name=rejection]").fill("没有权限。");
  }
  await pema.page.locator("[data-act=admit]").click();
  await pema.page.locator("[data-nothing]").waitFor();
  await dawa.page.locator("[data-overtaken]").waitFor();
  await deaf.page.locator("input[name=rejection]").press("Enter");
  await deaf.page.locator("[data-code=held_unknown]").waitFor();
  await deaf.page.locator("[data-overtaken]").waitFor();
  for (const desk of [dawa, deaf]) assert.equal(await desk.page.locator("input[name=rejection]").inputValue(), "没有权限。");
  await drolma("sync");
  assert.equal((await world.totals()).measures.people_trained, 12);
  for (const desk of [pema, dawa, deaf]) assert.deepEqual(desk.errors, []);
});
