/** The audit log, the system and one's own account in the console. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PASSWORD, staff } from "../support/console.js";
import { deskAt, digits, officeOf, scanned } from "../support/console_people.js";
import { axe } from "../support/eyes.js";
import { World } from "../support/world.js";

let world;
let desk;
before(async () => {
  world = await World.begin();
  await staff(world, "boss", "管理员");
  desk = await officeOf(world, "boss");
});
after(() => world?.end());

test("every act is there in words, is found by its kind, and the log is whole", async () => {
  const { page } = desk;
  await desk.api("users", { username: "tenzin", name: "丹增", role: "recorder", unit: "markam-hospital" });
  await desk.api("users/tenzin/grants", { unit: "markam", role: "observer" });
  await desk.api("users/tenzin/grants?unit=markam&role=observer", undefined, "DELETE");
  await desk.api("users/tenzin", { name: "丹增 · 内科" }, "PATCH");
  await desk.api("users/tenzin/codes", { purpose: "device" });
  const { id } = await desk.api("users/tenzin/tokens", { name: "月报", role: "observer", days: 30 });
  await desk.api(`users/tenzin/tokens/${id}`, undefined, "DELETE");
  await desk.api("units", { code: "rongmei", parent: "markam", kind: "other", name: "如美镇" });
  await desk.api("units/rongmei", { name: "如美" }, "PATCH");
  await desk.api("units/rongmei", { parent: "changdu" }, "PATCH");
  await desk.go("#/audit");
  await page.locator("tbody tr").first().waitFor();
  const { items } = await desk.api("audit?limit=100");
  assert.equal(await page.locator("tbody tr").count(), items.length);
  const acts = [...new Set(items.map(({ act }) => act))];
  assert.ok(acts.length >= 12, acts.join(" "));
  for (const act of acts) {
    const told = await page.locator(`tr[data-act=${act}]`).first().locator("td").nth(3).textContent();
    assert.match(told, /\p{Script=Han}/u, act);
    assert.doesNotMatch(told, /_/, act);
  }
  await page.locator("tr[data-act=unit_moved]", { hasText: "原上级：\u2068芒康县\u2069，新上级：\u2068昌都市\u2069" }).waitFor();
  await axe(page, "the audit log");

  await page.locator("#audit-act").selectOption("role_granted");
  await page.locator("tr[data-act=unit_moved]").first().waitFor({ state: "detached" });
  await page.locator("#audit-subject").fill("tenzin");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
  await page.locator("#audit-by").fill("nobody");
  await page.getByText("没有这样的操作。").waitFor();

  await desk.button("验证").click();
  await page.locator("[data-verified=true]").waitFor();
  await page.getByText(`${items.length} 条都没有被动过`).waitFor();
  await axe(page, "a log that is whole");
});

test("the system asks for a backup until there is one", async () => {
  const { page } = desk;
  await desk.go("#/system");
  await page.locator("[data-backup=old]").getByText("cairn-server backup").waitFor();
  await axe(page, "the system");
  await world.server.backup(join(world.server.directory, "copy.sqlite"));
  await page.reload();
  await page.locator("[data-backup=fresh]").waitFor();
  const system = await desk.api("system");
  await page.locator("tr", { hasText: "数据标识" }).getByText(system.epoch).waitFor();
  await page.locator(".fact", { hasText: "单位" }).getByText(String(system.counts.units), { exact: true }).waitFor();
});

test("one's own account: language, look, a second factor, another password", async () => {
  await staff(world, "drolma", "卓玛", "reviewer", "markam");
  const theirs = await officeOf(world, "drolma");
  const { page } = theirs;
  await theirs.go("#/me");
  await page.getByText("昌都市").first().waitFor();
  await axe(page, "one's account");
  await theirs.button("深色").click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await axe(page, "one's account in the dark");
  await theirs.button("བོད་ཡིག").click();
  await page.getByRole("heading", { name: "ངའི་འགན།" }).waitFor();
  await axe(page, "one's account in Tibetan");
  await theirs.button("中文").click();

  await theirs.button("设置").click();
  const secret = await page.locator("[data-secret]").textContent();
  assert.match(await scanned(page.locator(".qr svg")), new RegExp(`^otpauth://totp/.*secret=${secret.replace(/\s/g, "")}`));
  await axe(page, "a second factor");
  await page.locator("input[name=code]").fill("000000");
  await theirs.button("确认").click();
  await page.locator("[data-code=second_factor_wrong]").waitFor();
  await page.locator("input[name=code]").fill(digits(secret));
  await theirs.button("确认").click();
  await page.locator("[data-secret]").waitFor({ state: "detached" });

  // A password alone does not open the door any more.
  const other = await deskAt(world);
  await other.page.locator("input[name=username]").fill("drolma");
  await other.page.locator("input[name=password]").fill(PASSWORD);
  await other.page.locator("form button.main").click();
  await other.page.locator("input[autocomplete=one-time-code]").waitFor();
  await other.end();

  // The administrator lets in whoever has lost the authenticator.
  await desk.go("#/people/drolma");
  await desk.button("重置第二重验证").click();
  await desk.yes();
  await desk.button("重置第二重验证").click();
  await desk.sheet.locator("button.grave").click();
  await desk.sheet.locator("[data-code=second_factor_missing]").waitFor();
  await desk.sheet.getByRole("button", { name: "取消" }).click();

  await page.locator("input[name=before]").fill("something else");
  await page.locator("input[name=password]").fill("gangs-ljongs-1985");
  await page.locator("input[name=again]").fill("gangs-ljongs-1984");
  await page.getByText("两次不一样。").waitFor();
  await page.locator("input[name=again]").fill("gangs-ljongs-1985");
  await theirs.button("修改密码").click();
  await page.locator("[data-code=password_wrong]").waitFor();
  await page.locator("input[name=before]").fill(PASSWORD);
  await theirs.button("修改密码").click();
  await page.getByText("密码已修改。").waitFor();
  assert.equal((await theirs.api("session")).username, "drolma", "one stays at the desk");
  await theirs.button("退出登录").click();
  await page.locator("input[name=username]").waitFor();
  await theirs.logIn("drolma", "gangs-ljongs-1985");
  assert.deepEqual([...theirs.errors, ...desk.errors], []);
  await theirs.end();
});
