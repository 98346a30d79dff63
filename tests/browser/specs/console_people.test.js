/** People and devices in the console: what is done on the pages, seen in the API and on the worker's phone. */

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { staff, TABLET } from "../support/console.js";
import { deskAt, NAMES, officeOf, scanned } from "../support/console_people.js";
import { axe } from "../support/eyes.js";
import { asRead } from "../support/hostile.js";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
let desk;
before(async () => {
  world = await World.begin();
  await staff(world, "boss", "管理员");
  desk = await officeOf(world, "boss");
});
after(() => world?.end());

test("a person is added, found, renamed, and gets and loses roles", async () => {
  const { page } = desk;
  await desk.go("#/people");
  await axe(page, "people");
  await desk.button("添加人员").click();
  await desk.sheet.locator("input[name=name]").fill("丹增");
  await desk.sheet.locator("input[name=username]").fill("Tenzin!");
  await desk.sheet.locator("select").first().selectOption("markam-hospital");
  await desk.sheet.locator("button.main").click();
  // What was typed stays, and why it was not taken is said.
  await desk.sheet.locator("[data-code=id_invalid]").waitFor();
  await axe(page, "adding a person");
  assert.equal(await desk.sheet.locator("input[name=name]").inputValue(), "丹增");
  await desk.sheet.locator("input[name=username]").fill("tenzin");
  await desk.sheet.locator("button.main").click();
  await page.getByRole("heading", { name: "丹增", exact: true }).waitFor();
  assert.deepEqual(await desk.api("users/tenzin"), { username: "tenzin", name: "丹增", grants: [{ unit: "markam-hospital", role: "recorder" }] });
  await axe(page, "a person");

  await desk.button("改名").click();
  await desk.sheet.locator("input").fill("丹增 · 内科");
  await desk.yes();
  await page.getByRole("heading", { name: "丹增 · 内科" }).waitFor();
  await desk.button("授予角色").click();
  await desk.sheet.locator("select").first().selectOption("markam");
  await desk.sheet.locator("select[name=role]").selectOption("reviewer");
  await desk.yes();
  await page.locator("tr", { hasText: "审核人" }).waitFor();
  assert.deepEqual((await desk.api("users/tenzin")).grants, [{ unit: "markam", role: "reviewer" }, { unit: "markam-hospital", role: "recorder" }]);
  await page.getByRole("button", { name: /收回.审核人/ }).click();
  await desk.sheet.getByText("不会丢失").waitFor();
  await desk.yes();
  await page.locator("tr", { hasText: "审核人" }).waitFor({ state: "detached" });
  assert.deepEqual(await desk.api("users/tenzin"), { username: "tenzin", name: "丹增 · 内科", grants: [{ unit: "markam-hospital", role: "recorder" }] });

  await desk.go("#/people");
  await page.locator("tbody tr").nth(1).waitFor();
  await page.locator("input[type=search]").fill("内科");
  await page.locator("tbody tr").nth(1).waitFor({ state: "detached" });
  assert.deepEqual(await page.locator("tbody th").allTextContents(), ["丹增 · 内科"]);
});

test("a printed card enrols a phone; the phone is seen with what it runs, and revoked with what that means", async () => {
  const { page } = desk;
  await desk.go("#/people/tenzin");
  await desk.button("生成手机注册卡").click();
  const card = page.locator(".code-card");
  const code = await card.locator("[data-code]").textContent();
  const link = await scanned(card.locator("svg"));
  assert.equal(link, `${world.front.url}/#enrol=${code}`);
  for (const text of ["丹增", "芒康县人民医院", "有效至", "འབྲེལ", "scan the code"]) assert.ok((await card.textContent()).includes(text), text);
  await axe(page, "the card");

  await page.emulateMedia({ media: "print" });
  const printed = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && !one.closest(".code-card") && !one.querySelector(".code-card")).map((one) => one.outerHTML.slice(0, 80)));
  await page.emulateMedia({ media: null });
  assert.deepEqual(printed, [], "only the card is printed");

  const phone = await world.phone();
  await phone.page.goto(link);
  await phone.page.reload();
  assert.equal(await phone.page.locator("input[name=code]").inputValue(), code);
  await phone.page.locator("form button.main").click();
  await phone.page.locator("a[data-form]").first().waitFor();
  await phone.log(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await phone.sync();
  await phone.says("All on the server");

  await desk.go("#/devices?user=tenzin");
  const [device] = (await desk.api("devices?user=tenzin")).items;
  const row = page.locator(`tr[data-device="${device.id}"]`);
  await row.getByText(device.app).waitFor();
  await row.getByText("准确").waitFor();
  await axe(page, "devices");
  await row.getByRole("button", { name: /停用设备/ }).click();
  await desk.sheet.getByText("会被扣留").waitFor();
  await axe(page, "revoking");
  await desk.yes();
  await row.getByText("已停用").waitFor();
  assert.notEqual((await desk.api("devices?user=tenzin")).items[0].revoked, null);
  await phone.log(FORMS.outreach, { place: "Rongmei", patients_seen: 2 });
  await phone.go("#/me");
  await phone.page.getByRole("button", { name: "Sync now" }).click();
  await phone.says("1 held");
  assert.deepEqual((await desk.api("held")).items.map(({ device: on, reason }) => [on, reason]), [[device.id, "device_revoked"]]);
  assert.equal((await desk.api("records?unit=markam-hospital")).items.length, 1, "what it sends later is no record");
  assert.deepEqual(phone.errors, []);
});

test("a code for a password lets a person in; a token lets a program in until it is revoked", async () => {
  const { page } = desk;
  await desk.api("users", { username: "drolma", name: "卓玛", role: "reviewer", unit: "markam" });
  await desk.go("#/people/drolma");
  await desk.button("生成密码设置卡").click();
  const link = await scanned(page.locator(".code-card svg"));
  assert.match(link, /\/console#\/password\?code=/);
  const theirs = await deskAt(world);
  await theirs.page.goto(link);
  await theirs.page.locator("input[name=password]").fill("gangs-ljongs-1985");
  await theirs.page.locator("form button.main").click();
  await theirs.page.locator("nav a").first().waitFor();
  assert.equal((await theirs.api("session")).username, "drolma");
  assert.equal(await theirs.page.locator("nav a", { hasText: "系统" }).count(), 0, "a reviewer has no such place");
  await theirs.end();

  await desk.button("完成").click();
  await desk.button("生成令牌").click();
  await desk.sheet.locator("input").first().fill("月报");
  await desk.yes();
  const token = await page.locator(".secret code").textContent();
  const ask = () => fetch(`${world.front.url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await (await ask()).json()).username, "drolma");
  await desk.button("已保存").click();
  assert.equal(await page.getByText(token).count(), 0, "it is shown once");
  await page.getByRole("button", { name: /作废令牌/ }).click();
  await desk.yes();
  assert.equal((await ask()).status, 401);
});

test("an administrator of one county sees and does what is theirs", async () => {
  await staff(world, "county-boss", "县管理员", "administrator", "markam");
  const theirs = await officeOf(world, "county-boss", TABLET);
  await theirs.go("#/people");
  await theirs.page.locator("tbody tr").first().waitFor();
  await axe(theirs.page, "people on a tablet");
  assert.equal(await theirs.page.locator("nav a", { hasText: "系统" }).count(), 0);
  await theirs.go("#/people/boss");
  await theirs.page.locator("[data-code=user_unknown]").waitFor();
  await theirs.go("#/devices");
  await theirs.page.locator("tbody tr").first().waitFor();
  await axe(theirs.page, "devices on a tablet");
  const wide = await theirs.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, "nothing is wider than the page");
  assert.deepEqual(theirs.errors, []);
  await theirs.end();
});

/** A device's key, as the engine makes one. */
function publicKey() {
  return generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
}

test("names of people and devices are text, whatever they are", async () => {
  const { page } = desk;
  for (const [n, name] of NAMES.entries()) {
    await desk.api("users", { username: `hostile-${String(n).padStart(2, "0")}`, name, role: "recorder", unit: "gartok-clinic" });
    const { code } = await desk.api(`users/hostile-${String(n).padStart(2, "0")}/codes`, { purpose: "device" });
    const enrolled = await fetch(`${world.server.url}/api/v1/enrol`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code, device_name: name, public_key: publicKey() }) });
    assert.ok(enrolled.ok, `${name}: ${await enrolled.text()}`);
  }
  await desk.go("#/people?text=hostile-");
  await page.locator("tbody tr").nth(29).waitFor();
  assert.deepEqual((await page.locator("tbody th").allTextContents()).map(asRead), NAMES.map(asRead));
  await axe(page, "people with any names");
  for (const [n, name] of NAMES.entries()) {
    await desk.go(`#/people/hostile-${String(n).padStart(2, "0")}`);
    await page.waitForFunction((text) => document.querySelector("main h1")?.textContent.replace(/[\s\u2028\u2029]+/g, " ").trim() === text, asRead(name));
  }
  await desk.go("#/devices?unit=gartok-clinic");
  await page.waitForFunction(() => document.querySelectorAll("tr[data-device]").length >= 30);
  assert.equal(await page.locator("tr[data-device]").count(), 30, "those of the unit");
  const shown = (await page.locator("tr[data-device] th .said").allTextContents()).map(asRead);
  for (const name of NAMES) assert.ok(shown.includes(asRead(name)), name);
  // None of them has ever synced: they are the silent ones. What is revoked is not waited for.
  await desk.go("#/devices?silent_days=14");
  await page.waitForFunction(() => document.querySelectorAll("tr[data-device]").length === 30);
  assert.equal(await page.getByText("从未同步").count(), 30);
  await page.locator("#devices-silent").selectOption("");
  await page.waitForFunction(() => document.querySelectorAll("tr[data-device]").length === 31);
  assert.equal(await page.locator("[data-evil]").count(), 0);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  assert.deepEqual(desk.errors, []);
});
