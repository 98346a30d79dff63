/** A reviewer goes through each queue as one would, and what they decide arrives on the workers' devices. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskOf, staff } from "../support/console.js";
import { axe } from "../support/eyes.js";
import { World } from "../support/world.js";

const UNIT = "markam-hospital";
let world;
let desk;
/** The logbook of one worker, and the terminals of two. */
let phone;
let tenzin;
let drolma;

before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await world.server.user("drolma", "卓玛");
  phone = await world.phoneOf("tenzin");
  tenzin = await enrolled("tenzin");
  drolma = await enrolled("drolma");
  await staff(world, "pema", "白玛");
  desk = await deskOf(world, "pema");
});
after(() => world?.end());

async function enrolled(username) {
  const cli = world.server.desk(`desk-${username}`);
  await cli("enrol", world.server.url, await world.server.code(username));
  await cli("sync");
  return cli;
}

async function log(cli, ...what) {
  const { id } = JSON.parse(await cli("--json", "record", "add", ...what, "--unit", UNIT));
  await cli("sync");
  return id;
}

/** Two people write to one field without knowing of each other. */
async function disputed(place, one, other) {
  const id = await log(tenzin, "clinic.outreach", `place=${place}`, "patients_seen=40");
  await drolma("sync");
  await tenzin("record", "edit", id, `patients_seen=${one}`);
  await drolma("record", "edit", id, `patients_seen=${other}`);
  await tenzin("sync");
  await drolma("sync");
  return id;
}

const count = (kind) => desk.page.locator(`a[data-kind=${kind}] [data-count]`);
const hasCount = (kind, n) => desk.page.waitForFunction(([k, text]) => document.querySelector(`a[data-kind=${k}] [data-count]`)?.textContent === text, [kind, String(n)]);
const record = (id) => desk.page.locator(`[data-record="${id}"]`);
const nothing = () => desk.page.locator("[data-nothing]");
const shown = async (cli, id) => JSON.parse(await cli("--json", "record", "show", id));

test("conflicts: one is settled by a choice, the next by a new value, and the worker's phone shows both", async () => {
  const first = await disputed("Gartok", 41, 44);
  const second = await disputed("Zongxi", 50, 55);
  await desk.go("#/queues/conflicts?unit=markam");
  await hasCount("conflicts", 2);
  // The newest is first.
  await record(second).waitFor();
  await axe(desk.page, "conflicts");
  const values = await record(second).locator("[data-conflict=patients_seen] li").allInnerTexts();
  assert.ok(values.some((text) => text.includes("50") && text.includes("tenzin")), values.join());
  assert.ok(values.some((text) => text.includes("55") && text.includes("drolma")), values.join());
  await record(second).getByRole("button", { name: "就用这个: 50" }).click();

  // Without going back to a list, the next one is on the desk.
  await record(first).waitFor();
  await hasCount("conflicts", 1);
  await record(first).locator("summary", { hasText: "都不对" }).click();
  await record(first).locator("[data-conflict=patients_seen] form input").fill("４２");
  await record(first).getByRole("button", { name: "用新值" }).click();
  await nothing().waitFor();
  await hasCount("conflicts", 0);

  await phone.sync();
  for (const [place, value] of [["Gartok", "42"], ["Zongxi", "50"]]) {
    await phone.openRecord(place);
    await phone.page.locator("dd", { hasText: new RegExp(`^${value}$`) }).waitFor();
    assert.equal(await phone.page.locator("[data-conflict]").count(), 0);
  }
  assert.equal((await world.totals()).measures.people_benefited, 92);
});

test("conflicts: a number key takes that value", async () => {
  const id = await disputed("Rumei", 60, 66);
  await desk.go("#/queues/conflicts?unit=markam");
  await record(id).waitFor();
  const [first] = await record(id).locator("[data-conflict] li strong").allInnerTexts();
  await desk.page.locator("main h1").focus();
  await desk.page.keyboard.press("1");
  await nothing().waitFor();
  assert.equal(String((await desk.api(`records/${id}`)).values.patients_seen), first);
  await desk.api(`records/${id}/reviews`, { verdict: "void", reason: "a test" });
});

test("faults: one is corrected, another returned with a comment that the worker reads in the logbook", async () => {
  const one = await log(tenzin, "clinic.outreach", "place=Quzika", "--draft");
  const two = await log(tenzin, "clinic.outreach", "place=Bangda", "--draft");
  await desk.go("#/queues/faults?unit=markam");
  await hasCount("faults", 2);
  await record(two).waitFor();
  await record(two).locator("[data-fault=patients_seen]").waitFor();
  await axe(desk.page, "faults");
  await desk.page.locator("main h1").focus();
  await desk.page.keyboard.press("r");
  await desk.page.keyboard.type("请填接诊人数。");
  await record(two).locator("form", { has: desk.page.locator("textarea[name=reason]") }).getByRole("button", { name: "退回" }).click();
  await record(one).waitFor();

  await record(one).getByRole("button", { name: "修改" }).click();
  await record(one).locator("[data-field=patients_seen] input").fill("18");
  await record(one).getByRole("button", { name: "保存修改" }).click();
  // What was returned still has its fault, and waits for its worker.
  await record(two).waitFor();
  await hasCount("faults", 1);
  await hasCount("returned", 1);

  await phone.sync();
  await phone.openRecord("Bangda");
  await phone.page.getByText("Sent back by the reviewer").waitFor();
  await phone.page.getByText("请填接诊人数。").first().waitFor();
  await phone.openRecord("Quzika");
  await phone.page.locator("dd", { hasText: /^18$/ }).waitFor();

  // The worker does as asked, and the queue of what was returned hears of it.
  await desk.go("#/queues/returned?unit=markam");
  await record(two).waitFor();
  await phone.openRecord("Bangda");
  await phone.page.getByRole("link", { name: "Edit" }).click();
  await phone.answer("patients_seen", 20);
  await phone.save();
  await phone.sync();
  await desk.page.locator("[data-overtaken]").waitFor();
  await record(two).getByText("20", { exact: true }).first().waitFor();
  await record(two).locator("[data-noted]").click();
  await record(two).locator("[data-act=approve]").click();
  await nothing().waitFor();
  await tenzin("sync");
  assert.equal((await shown(tenzin, two)).status, "approved");
});

test("changed since approval: the difference is shown, and it is approved again", async () => {
  const id = await log(tenzin, "clinic.outreach", "place=Mangling", "patients_seen=30");
  await desk.api(`records/${id}/reviews`, { verdict: "approved" });
  await tenzin("sync");
  await tenzin("record", "edit", id, "patients_seen=33");
  await tenzin("sync");
  await desk.go("#/queues/changed?unit=markam");
  await record(id).waitFor();
  const row = record(id).locator("[data-differs=patients_seen]");
  await row.waitFor();
  assert.deepEqual(await row.locator("td").allInnerTexts(), ["30", "33"]);
  assert.equal(await record(id).locator("[data-differs]").count(), 1);
  await axe(desk.page, "changed");
  await record(id).locator("[data-act=approve]").click();
  await nothing().waitFor();
  await tenzin("sync");
  assert.equal((await shown(tenzin, id)).status, "approved");

  // Any two versions are compared.
  await desk.go(`#/record/${id}`);
  await desk.page.locator("summary", { hasText: "比较两个版本" }).click();
  await desk.page.getByRole("button", { name: "比较", exact: true }).click();
  await desk.page.locator("details [data-differs=patients_seen]").waitFor();
});

test("held: one is let in, another turned away with a reason that its author reads", async () => {
  const grant = (what) => world.server.admin("grant", what, "drolma", "--role", "recorder", "--unit", UNIT);
  await world.server.admin("grant", "add", "drolma", "--role", "observer", "--unit", UNIT);
  await drolma("sync");
  const id = JSON.parse(await drolma("--json", "record", "add", "clinic.training", "topic=心肺复苏", "mode=bedside", "people=12", "--unit", UNIT)).id;
  const other = JSON.parse(await drolma("--json", "record", "add", "clinic.training", "topic=测试", "mode=bedside", "people=1", "--unit", UNIT)).id;
  await grant("remove");
  await drolma("sync");
  await desk.go("#/queues/held?unit=markam");
  await hasCount("held", 2);
  const held = desk.page.locator("[data-held]");
  await held.waitFor();
  await axe(desk.page, "held");
  for (let n = 0; n < 2; n += 1) {
    await held.locator(".acts li").first().waitFor();
    await held.getByText("没有填写的权限").waitFor();
    const isTest = (await held.locator(".acts").innerText()).includes("测试");
    const change = await held.getAttribute("data-held");
    await desk.page.locator("main h1").focus();
    if (isTest) {
      await desk.page.keyboard.press("r");
      await desk.page.keyboard.type("不是真的培训。");
      await desk.page.keyboard.press("Enter");
    } else await desk.page.keyboard.press("a");
    await desk.page.locator(`[data-held="${change}"]`).waitFor({ state: "detached" });
  }
  await nothing().waitFor();
  await drolma("sync");
  assert.equal((await shown(drolma, id)).receipt, "on_the_server");
  assert.match(await drolma("--json", "record", "show", other), /不是真的培训/);
  assert.equal((await world.totals()).measures.people_trained, 12);
  await grant("add");
  await world.server.admin("grant", "remove", "drolma", "--role", "observer", "--unit", UNIT);
});

test("duplicates: two are merged, and that is undone; two are kept, and that is undone, too", async () => {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const what = ["clinic.surgery", "procedure=胆囊切除术", "outcome=recovered", "--on", today];
  const one = await log(tenzin, ...what, "laparoscopic=true");
  await drolma("sync");
  const two = await log(drolma, ...what, "laparoscopic=true");
  const pair = desk.page.locator(`[data-pair*="${one}"][data-pair*="${two}"]`);
  await desk.go(`#/queues/duplicates?unit=markam&from=${today}&to=${today}`);
  await pair.waitFor();
  await axe(desk.page, "duplicates");
  const voids = async () => Promise.all([one, two].map(async (id) => (await desk.api(`records/${id}`)).status === "void"));

  // Either way round: the first of the pair stays.
  const [first, second] = (await pair.getAttribute("data-pair")).split(" ");
  await pair.locator("[data-act=keep-first]").click();
  await nothing().waitFor();
  const gone = await desk.api(`records/${second}`);
  assert.equal(gone.status, "void");
  assert.equal(gone.reviews.at(-1).duplicate_of, first);
  await drolma("sync");
  await tenzin("sync");
  assert.equal((await shown(second === one ? tenzin : drolma, second)).status, "void");
  await desk.page.locator("[data-undo] button").click();
  await pair.waitFor();
  assert.deepEqual(await voids(), [false, false]);

  await pair.locator("[data-act=keep-second]").click();
  await nothing().waitFor();
  assert.equal((await desk.api(`records/${first}`)).status, "void");
  await desk.page.locator("[data-undo] button").click();
  await pair.waitFor();

  await desk.page.locator("main h1").focus();
  await desk.page.keyboard.press("b");
  await nothing().waitFor();
  await desk.page.locator("[data-apart]").click();
  await pair.waitFor();
  await pair.locator("[data-act=take-back]").click();
  await nothing().waitFor();
  await desk.page.locator("[data-apart]").click();
  await pair.waitFor();
  await pair.locator("[data-act=keep-both]").click();
  await nothing().waitFor();
  assert.deepEqual(await voids(), [false, false]);
});

test("many are approved at once, after a summary that leaves out what wants a look of its own", async () => {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const ids = [];
  for (let n = 0; n < 5; n += 1) ids.push(JSON.parse(await drolma("--json", "record", "add", "clinic.outpatient_day", `department=内科 ${n}`, `visits=${n + 1}`, "--unit", UNIT, "--on", today)).id);
  await drolma("sync");
  const doubtful = await log(tenzin, "clinic.outpatient_day", "visits=3", "--draft", "--on", today);
  await desk.go(`#/queues/approve?unit=markam&form=clinic.outpatient_day&from=${today}&to=${today}`);
  await desk.page.locator("[data-act=find]").click();
  await desk.page.getByText("可以通过的有 5 条").waitFor();
  await desk.page.getByText("1 条不合规则").waitFor();
  await axe(desk.page, "approve");
  await desk.page.locator("[data-act=approve-all]").click();
  await desk.page.locator("dialog[open]").getByRole("button", { name: "通过" }).click();
  await desk.page.locator("[data-progress=over]").getByText("已通过 5 条").waitFor();
  for (const id of ids) assert.equal((await desk.api(`records/${id}`)).status, "approved");
  assert.equal((await desk.api(`records/${doubtful}`)).status, "open");
  await drolma("sync");
  assert.equal((await shown(drolma, ids[0])).status, "approved");
});

test("nothing was refused, and the page says so; no page has broken a rule", async () => {
  await desk.go("#/queues/refused");
  await nothing().waitFor();
  await axe(desk.page, "refused");
  assert.deepEqual(desk.errors, []);
  assert.deepEqual(phone.errors, []);
  assert.equal(await count("conflicts").innerText(), "0");
});
