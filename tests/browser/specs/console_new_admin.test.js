/**
 * Somebody who has never seen this before, with an empty server and its set-up code, following only what the pages say: from the first
 * administrator to a worker's first record, returned with a comment, and the month on paper. With CAIRN_SHOTS a picture of each step
 * is put into `shots/`.
 */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { launch } from "../support/browser.js";
import { deskAt, scanned } from "../support/console_people.js";
import { axe } from "../support/eyes.js";
import { Front } from "../support/front.js";
import { FORMS, Phone } from "../support/phone.js";
import { Server } from "../support/server.js";

const SHOTS = process.env.CAIRN_SHOTS ? fileURLToPath(new URL("../shots/", import.meta.url)) : null;

/** An empty server, what stands before it, and a browser: what `deskAt` needs of a world. */
const house = { server: new Server(), front: null, browser: null };
before(async () => {
  await house.server.start();
  house.front = new Front(house.server.url);
  await house.front.open();
  house.browser = await launch();
  if (SHOTS) mkdirSync(SHOTS, { recursive: true });
});
after(async () => {
  await house.browser?.close();
  await house.front?.cut();
  await house.server.end();
});

let step = 0;
async function seen(page, name) {
  step += 1;
  if (SHOTS) await page.screenshot({ path: `${SHOTS}new-admin-${String(step).padStart(2, "0")}-${name}.png` });
}

test("a new admin comes from an empty server to a first record, returns it with a comment, and prints the month", async () => {
  // What the terminal shows.
  const [, setupCode] = await house.server.heard(/code for the first administrator: (\S+)/);
  const desk = await deskAt(house);
  const { page } = desk;

  await page.getByRole("heading", { name: "第一位管理员" }).waitFor();
  await axe(page, "the door of an empty server");
  await page.getByLabel("设置码").fill(setupCode);
  await page.getByLabel("最上级单位的名称").fill("昌都市");
  await page.getByLabel("它的代码").fill("changdu");
  await page.getByLabel("您的姓名").fill("次仁");
  await page.getByLabel("登录用的用户名").fill("tsering");
  await page.getByLabel("密码").fill("qiyue-shan-2021");
  await seen(page, "set-up");
  await page.getByRole("button", { name: "开始" }).click();

  // A unit.
  await page.getByRole("link", { name: "单位", exact: true }).click();
  await seen(page, "units");
  await page.getByRole("button", { name: "添加下属单位" }).click();
  await desk.sheet.getByLabel("名称").fill("芒康县人民医院");
  await desk.sheet.getByLabel("代码").fill("markam-hospital");
  await desk.sheet.getByLabel("类别").selectOption({ label: "医疗机构" });
  await seen(page, "add-unit");
  await desk.sheet.getByRole("button", { name: "添加" }).click();
  await page.getByRole("heading", { name: "芒康县人民医院" }).waitFor();
  await seen(page, "unit");

  // A person who works there.
  await page.getByRole("link", { name: "在此添加人员" }).click();
  await desk.sheet.getByLabel("姓名").fill("丹增");
  await desk.sheet.getByLabel("用户名").fill("tenzin");
  assert.equal(await desk.sheet.getByLabel("单位").inputValue(), "markam-hospital", "where one came from is proposed");
  await seen(page, "add-person");
  await desk.sheet.getByRole("button", { name: "添加" }).click();
  await page.getByRole("heading", { name: "丹增" }).waitFor();
  await seen(page, "person");

  // Their phone.
  await page.getByRole("button", { name: "生成手机注册卡" }).click();
  await page.getByText("这个码只显示这一次").waitFor();
  await seen(page, "card");
  const link = await scanned(page.locator(".code-card svg"));
  const phone = new Phone(await house.browser.newContext({ viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: "en-GB", timezoneId: "Asia/Shanghai" }), house.front.url);
  await phone.open(new URL(link).hash);
  await phone.page.locator("form button.main").click();
  await phone.page.locator("a[data-form]").first().waitFor();
  await seen(phone.page, "phone");

  // A first record.
  await phone.fill(FORMS.outreach, { place: "Gartok", patients_seen: 40 });
  await seen(phone.page, "phone-fill");
  await phone.save();
  await phone.sync();
  await phone.says("All on the server");
  await page.getByRole("button", { name: "完成" }).click();
  await page.getByRole("link", { name: "记录", exact: true }).click();
  const row = page.locator("tr[data-row]", { hasText: "Gartok" });
  await row.waitFor();
  await seen(page, "records");
  await row.getByRole("link").first().click();
  await page.getByRole("heading", { name: /义诊/ }).waitFor();
  await seen(page, "record");

  // It is returned with a comment, which arrives on the phone.
  await page.getByRole("button", { name: "退回" }).click();
  await page.locator("textarea[name=reason]").fill("请补充转诊人数。");
  await seen(page, "return");
  await page.locator("form", { has: page.locator("textarea[name=reason]") }).locator("button").first().click();
  await page.locator("[data-status=returned]").first().waitFor();
  await seen(page, "returned");
  await phone.sync();
  await phone.openRecord("Gartok");
  await phone.page.getByText("请补充转诊人数。").first().waitFor();
  await seen(phone.page, "phone-returned");

  // What is done stands in the audit log and on the worker's phone; nothing has gone wrong on the way.
  const { items } = await desk.api("audit?limit=100");
  for (const act of ["unit_added", "user_added", "role_granted", "code_made"]) assert.ok(items.some((entry) => entry.act === act && entry.by === "tsering"), act);

  // The month is printed.
  await page.getByRole("link", { name: "工作简报" }).click();
  await page.getByLabel("时段").selectOption({ label: "本月" });
  const briefing = page.locator("article");
  await briefing.getByText("40").first().waitFor();
  await axe(page, "the briefing");
  await seen(page, "briefing");
  await page.evaluate(() => (window.print = () => (window.printed = document.title || true)));
  await page.getByRole("button", { name: "打印 / 存为 PDF" }).click();
  assert.ok(await page.evaluate(() => window.printed));
  const pdf = await page.pdf({ format: "A4", ...(SHOTS ? { path: `${SHOTS}new-admin-briefing.pdf` } : {}) });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");

  assert.deepEqual([...desk.errors, ...phone.errors], []);
});
