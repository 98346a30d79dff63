/** One record on the desk: what is said about it reaches its worker, it is made void and brought back, and hostile texts are only texts. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deskOf, staff } from "../support/console.js";
import { axe } from "../support/eyes.js";
import { asRead, HOSTILE } from "../support/hostile.js";
import { World } from "../support/world.js";

const UNIT = "markam-hospital";
let world;
let desk;
let cli;

before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  cli = world.server.desk("desk-tenzin");
  await cli("enrol", world.server.url, await world.server.code("tenzin"));
  await cli("sync");
  await staff(world, "pema", "白玛");
  desk = await deskOf(world, "pema");
});
after(() => world?.end());

async function log(...fields) {
  const { id } = JSON.parse(await cli("--json", "record", "add", "clinic.outreach", ...fields, "--unit", UNIT));
  await cli("sync");
  return id;
}

const record = (id) => desk.page.locator(`[data-record="${id}"]`);
const shown = async (id) => JSON.parse(await cli("--json", "record", "show", id));

test("a comment reaches the worker, and the record is not read over and over", async () => {
  const id = await log("place=Gartok", "patients_seen=40");
  let reads = 0;
  desk.page.on("request", (request) => (reads += request.method() === "GET" && request.url().endsWith(`/records/${id}`) ? 1 : 0));
  await desk.go(`#/record/${id}`);
  await record(id).waitFor();
  await desk.page.locator("main h1").focus();
  await desk.page.keyboard.press("c");
  await desk.page.keyboard.type("上午的还是全天的？");
  await record(id).getByRole("button", { name: "发送意见" }).click();
  await record(id).locator("[data-said=comment]", { hasText: "上午的还是全天的？" }).waitFor();
  assert.equal(await record(id).getByLabel("写给填表人的意见").inputValue(), "");
  await cli("sync");
  assert.equal((await shown(id)).comments[0].text, "上午的还是全天的？");
  // Once when it was opened, and perhaps when the server told that it had moved.
  assert.ok(reads <= 3, `read ${reads} times`);
});

test("it is made void as a duplicate of another, which its worker sees, and brought back", async () => {
  const [kept, gone] = [await log("place=Zongxi", "patients_seen=12"), await log("place=Zongxi", "patients_seen=13")];
  await desk.go(`#/record/${gone}`);
  await record(gone).locator("[data-act=void]").click();
  const dialog = desk.page.locator("dialog[open]");
  assert.ok(await dialog.getByRole("button", { name: "作废" }).isDisabled(), "not without a reason");
  await dialog.getByLabel("原因（填表人会看到）").fill("写了两遍");
  await dialog.getByLabel(/与哪条记录重复/).fill(`${desk.url}/console/#/record/${kept}`);
  await dialog.getByRole("button", { name: "作废" }).click();
  await desk.page.locator(`[data-record="${gone}"][data-status=void]`).waitFor();
  await record(gone).getByRole("link", { name: "与这条记录重复" }).waitFor();
  await axe(desk.page, "void");
  assert.equal((await world.totals()).measures.people_benefited, 52);
  await cli("sync");
  assert.equal((await shown(gone)).status, "void");
  assert.match(JSON.stringify((await shown(gone)).reviews), /写了两遍/);
  await record(gone).getByRole("button", { name: "恢复并通过" }).click();
  await desk.page.locator(`[data-record="${gone}"][data-status=approved]`).waitFor();
  assert.equal((await world.totals()).measures.people_benefited, 65);
});

test("what others write shows at once, and a faulty value is not taken, but kept", async () => {
  const id = await log("place=Rumei", "patients_seen=5");
  await desk.go(`#/record/${id}`);
  await record(id).getByRole("button", { name: "修改" }).click();
  const seen = record(id).locator("[data-field=patients_seen] input");
  await seen.fill("很多");
  await record(id).getByRole("button", { name: "保存修改" }).click();
  await desk.page.locator("[data-code=values_faulty]").waitFor();
  assert.equal(await seen.inputValue(), "很多");
  await record(id).getByRole("button", { name: "不改了" }).click();
  await cli("record", "edit", id, "patients_seen=6");
  await cli("sync");
  await record(id).locator("[data-news]", { hasText: "tenzin" }).waitFor();
  await record(id).locator("[data-value=patients_seen]", { hasText: "6" }).waitFor();
  await record(id).locator("[data-version='2']", { hasText: "6" }).waitFor();
});

test("a clock that was wrong, and work that lay long on a device, are told", async () => {
  const id = await log("place=Quzika", "patients_seen=5");
  const path = `**/api/v1/records/${id}`;
  let received = 0;
  await desk.page.route(path, async (route) => {
    const answer = await route.fetch();
    const report = await answer.json();
    for (const event of report.history) event.received = new Date(Date.parse(event.time) + received).toISOString();
    // Whoever has gone on does not wait for it.
    await route.fulfill({ json: report }).catch(() => {});
  });
  for (const [hours, words] of [[-2, "设备时钟快了 2 小时"], [96, "4 天后才收到"]]) {
    received = hours * 3_600_000;
    await desk.go("#/records");
    await desk.go(`#/record/${id}`);
    await record(id).locator("[data-skew]", { hasText: words }).waitFor();
  }
  received = 60_000;
  await desk.go("#/records");
  await desk.go(`#/record/${id}`);
  await record(id).locator("[data-version='1']").waitFor();
  assert.equal(await record(id).locator("[data-skew]").count(), 0, "a minute is nothing");
  await desk.page.unroute(path);
});

test("hostile texts in a record's fields are texts on the desk, and where it is edited", async () => {
  for (const place of HOSTILE.filter((_, at) => at % 12 === 0)) {
    const id = await log("place=x", "patients_seen=2");
    const { heads } = await desk.api(`records/${id}`);
    const taken = await desk.page.evaluate(
      async ([url, body]) => (await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body })).status,
      [`/api/v1/records/${id}/fields`, JSON.stringify({ fields: { place, notes: place }, seen: heads })],
    );
    // What holds control characters no record takes.
    if (taken === 422) continue;
    assert.equal(taken, 200, JSON.stringify(place));
    await desk.go(`#/record/${id}`);
    await record(id).waitFor();
    for (const field of ["place", "notes"]) assert.equal(asRead(await record(id).locator(`[data-value=${field}] .said`).textContent()), asRead(place));
    await record(id).getByRole("button", { name: "修改" }).click();
    assert.equal(asRead(await record(id).locator("[data-field=place] input").inputValue()), asRead(place));
    assert.deepEqual(await desk.page.evaluate(() => ["pwned" in window, document.querySelectorAll("main [data-evil], main script, main iframe, main img").length, document.documentElement.scrollWidth > innerWidth]), [false, 0, false], JSON.stringify(place));
  }
  assert.deepEqual(desk.errors, []);
});
