/** Units and forms in the console: the tree, moves with what they do, tables; and a form that reaches the worker's phone. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { staff, TABLET } from "../support/console.js";
import { NAMES, officeOf } from "../support/console_people.js";
import { axe } from "../support/eyes.js";
import { asRead } from "../support/hostile.js";
import { FORMS } from "../support/phone.js";
import { World } from "../support/world.js";

let world;
let desk;
before(async () => {
  world = await World.begin();
  await staff(world, "boss", "管理员");
  await world.server.user("tenzin", "丹增");
  await world.server.user("pema", "白玛", "reviewer", "markam");
  desk = await officeOf(world, "boss");
});
after(() => world?.end());

const unitOf = async (code) => (await desk.api("units")).items.find((unit) => unit.code === code);

test("the tree is walked by keyboard, and grows where one stands", async () => {
  const { page } = desk;
  await desk.go("#/units");
  await axe(page, "units");
  const markam = page.locator(".units a[data-unit=markam]");
  await markam.focus();
  assert.equal(await page.locator(".units a[data-unit=gartok-clinic]").count(), 0, "it is closed at first");
  await page.keyboard.press("ArrowRight");
  await page.locator(".units a[data-unit=gartok-clinic]").waitFor();
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await page.evaluate(() => document.activeElement.dataset.unit), "markam");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.unit), "markam", "left goes to the unit above");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "芒康县", exact: true }).waitFor();

  await desk.button("添加下属单位").click();
  await desk.sheet.locator("input[name=unit-name]").fill("如美镇小学");
  await desk.sheet.locator("input[name=unit-code]").fill("markam");
  await desk.sheet.locator("select").selectOption("school");
  await desk.sheet.locator("button.main").click();
  await desk.sheet.locator("[data-code=unit_exists]").waitFor();
  await axe(page, "adding a unit");
  await desk.sheet.locator("input[name=unit-code]").fill("rongmei-school");
  await desk.yes();
  await page.getByRole("heading", { name: "如美镇小学", exact: true }).waitFor();
  assert.deepEqual(await unitOf("rongmei-school"), { code: "rongmei-school", kind: "school", name: "如美镇小学", parent: "markam", path: "/changdu/markam/rongmei-school/" });
  await desk.button("改名").click();
  await desk.sheet.locator("input").fill("如美镇中心小学");
  await desk.yes();
  await page.locator(".units a[aria-current=page]", { hasText: "如美镇中心小学" }).waitFor();
  assert.equal((await unitOf("rongmei-school")).name, "如美镇中心小学");
  await axe(page, "a unit");
});

test("a move says what it does before it is done", async () => {
  const { page } = desk;
  await desk.api("units", { code: "chagyab", parent: "changdu", kind: "county", name: "察雅县" });
  await desk.api("users", { username: "dawa", name: "达瓦", role: "reviewer", unit: "chagyab" });
  await page.reload();
  await desk.go("#/units/gartok-clinic");
  await desk.button("移动").click();
  const yes = desk.sheet.locator("button.grave");
  assert.equal(await yes.isDisabled(), true, "not before one has seen it");
  assert.equal(await desk.sheet.locator("option[value=gartok-clinic], option[value=markam]").count(), 0, "neither to itself nor to where it is");
  await desk.sheet.locator("select").selectOption("chagyab");
  await desk.sheet.locator("[data-consequences=chagyab]").getByText("一起移动：1 个单位").waitFor();
  await desk.sheet.locator("div", { hasText: "不再能管到它的人" }).getByText("白玛").first().waitFor();
  await desk.sheet.locator("div", { hasText: "新能管到它的人" }).getByText("达瓦").first().waitFor();
  await axe(page, "moving");
  assert.equal((await unitOf("gartok-clinic")).parent, "markam", "looking has changed nothing");
  await desk.yes();
  await page.locator(".way", { hasText: "察雅县" }).waitFor();
  assert.equal((await unitOf("gartok-clinic")).parent, "chagyab");
});

test("a table with a wrong row is not taken, and says which; a right one is taken whole", async () => {
  const { page } = desk;
  await desk.go("#/units");
  await desk.button("从表格导入").click();
  const table = "code,parent,kind,name\nriwoqe,changdu,county,类乌齐县\nriwoqe hospital,riwoqe,clinic,医院\nriwoqe-school,nowhere,school,小学\n";
  await desk.sheet.locator("textarea").fill(table);
  await desk.sheet.locator("button.main").click();
  await desk.sheet.locator("tbody tr").nth(1).waitFor();
  assert.deepEqual(await desk.sheet.locator("tbody td:first-child").allTextContents(), ["3", "4"]);
  assert.deepEqual(await desk.sheet.locator("tbody td:nth-child(2)").allTextContents(), ["riwoqe hospital,riwoqe,clinic,医院", "riwoqe-school,nowhere,school,小学"]);
  await axe(page, "a table with wrong rows");
  assert.equal(await unitOf("riwoqe"), undefined, "nothing was stored");
  // A file as a spreadsheet in Chinese writes it.
  const gb = Buffer.concat([Buffer.from("code,parent,kind,name\nriwoqe,changdu,county,"), Buffer.from([0xc0, 0xe0, 0xce, 0xda, 0xc6, 0xeb, 0xcf, 0xd8]), Buffer.from("\n")]);
  await desk.sheet.locator("input[type=file]").setInputFiles({ name: "units.csv", mimeType: "text/csv", buffer: gb });
  await page.waitForFunction(() => document.querySelector("dialog[open] textarea").value.includes("riwoqe,changdu,county,类乌齐县"));
  await desk.yes();
  assert.equal((await unitOf("riwoqe")).name, "类乌齐县");
  await page.locator(".units a", { hasText: "类乌齐县" }).waitFor();
});

test("names of units are text, whatever they are", async () => {
  const { page } = desk;
  await desk.api("units", { code: "hostile", parent: "changdu", kind: "other", name: "任意名称" });
  for (const [n, name] of NAMES.entries()) await desk.api("units", { code: `hostile-${String(n).padStart(2, "0")}`, parent: "hostile", kind: "other", name });
  await page.reload();
  await desk.go("#/units/hostile");
  await page.locator("table tbody tr").nth(29).waitFor();
  const shown = (await page.locator("table tbody td:first-child").allTextContents()).map(asRead);
  assert.deepEqual(shown.toSorted(), NAMES.map(asRead).toSorted());
  for (let n = 0; n < NAMES.length; n += 1) {
    await desk.go(`#/units/hostile-${String(n).padStart(2, "0")}`);
    await page.waitForFunction((text) => document.querySelector("#unit-name")?.textContent.replace(/[\s\u2028\u2029]+/g, " ").trim() === text, asRead(NAMES[n]));
  }
  await axe(page, "a unit with any name");
  assert.equal(await page.locator("[data-evil]").count(), 0);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
});

/** The editor of the field with this key, opened. */
async function fieldEditor(key) {
  const editor = desk.page.locator(`[data-field-editor="${key}"]`);
  if ((await editor.locator("[data-key]").count()) === 0) await editor.locator(".fold").click();
  return editor;
}

async function named(editor, zh, bo, en) {
  for (const [language, text] of Object.entries({ zh, bo, en })) await editor.locator(`input[data-language=${language}]`).first().fill(text);
}

test("a new version of a form: kept over a reload, corrected where the server says, published, and on the worker's phone", async () => {
  const { page } = desk;
  const phone = await world.phoneOf("tenzin");
  await desk.go(`#/forms/${FORMS.rescue}`);
  await page.getByRole("link", { name: "制作新版本" }).click();
  await page.getByRole("heading", { name: /第 2 版/ }).waitFor();
  await axe(page, "editing a form");
  assert.equal(await (await fieldEditor("diagnosis")).locator("[data-key]").getAttribute("readonly"), "", "a published code stays");
  const choice = await fieldEditor("outcome");
  await choice.getByRole("button", { name: "添加选项" }).click();
  await named(choice.locator("[data-option=option_5]"), "自动出院", "རང་འགུལ་གྱིས་སྨན་ཁང་ནས་ཐོན་པ།", "Left on their own");
  await choice.locator("[data-option=option_5] [data-value]").fill("left");
  await desk.button("添加字段").click();
  const added = page.locator("[data-field-editor=field_4]");
  await added.locator("input[data-language=zh]").fill("用时（分钟）");
  await added.locator("[data-type]").selectOption("integer");
  await page.locator(".phone").getByText("用时（分钟）").waitFor();
  await page.locator(".phone").getByRole("button", { name: "自动出院" }).waitFor();

  // The draft is kept in this browser.
  await page.waitForFunction(() => localStorage.getItem("cairn.console.form.clinic.rescue")?.includes("用时"));
  await page.reload();
  await page.getByText("这是上次没有发布的草稿").waitFor();
  await page.locator(".phone").getByText("用时（分钟）").waitFor();

  await desk.button("发布第 2 版").click();
  await desk.sheet.locator("[data-did=option_added]", { hasText: "自动出院" }).waitFor();
  await desk.sheet.locator("[data-did=field_added]", { hasText: "用时（分钟）" }).waitFor();
  await axe(page, "publishing");
  await desk.yes();
  // The server says which field wants a name, and it is said there.
  const faulty = page.locator("[data-field-editor=field_4]");
  await faulty.locator("[data-code=form_label_missing]").waitFor();
  await axe(page, "a form with a fault");
  await named(faulty, "用时（分钟）", "དུས་ཡུན། (སྐར་མ།)", "Minutes");
  await faulty.locator("[data-key]").fill("minutes");
  await page.locator("[data-field-editor=minutes] input[type=number]").first().fill("0");
  await desk.button("添加指标").click();
  const measure = page.locator("[data-measure]").last();
  await named(measure, "抢救总时长", "མྱུར་སྐྱོབ་ཀྱི་དུས་ཡུན།", "Minutes of rescue");
  await measure.locator("[data-adds]").selectOption("minutes");
  await measure.locator("[data-measure-id]").fill("rescue_minutes");
  await page.locator("[data-measure=rescue_minutes]").getByRole("button", { name: "添加条件" }).click();
  await page.locator("[data-measure=rescue_minutes] .condition select").first().selectOption("outcome");
  await page.locator("[data-measure=rescue_minutes] .condition select").nth(1).selectOption("recovered");
  await desk.button("发布第 2 版").click();
  await desk.yes();
  await page.getByRole("heading", { name: "危重救治", exact: true }).waitFor();

  const { items } = await desk.api(`forms/${FORMS.rescue}`);
  assert.deepEqual(items.map(({ version }) => version), [1, 2]);
  assert.deepEqual(items[0].fields.map(({ key }) => key), ["diagnosis", "age_band", "outcome"], "the old version is as it was");
  const [, next] = items;
  assert.deepEqual(next.fields.at(-1), { key: "minutes", label: { zh: "用时（分钟）", bo: "དུས་ཡུན། (སྐར་མ།)", en: "Minutes" }, type: "integer", min: 0, max: 1_000_000_000 });
  assert.equal(next.fields[2].options.at(-1).value, "left");
  assert.deepEqual(next.measures.at(-1), {
    measure: "rescue_minutes", label: { zh: "抢救总时长", bo: "མྱུར་སྐྱོབ་ཀྱི་དུས་ཡུན།", en: "Minutes of rescue" }, sum: "minutes", when: [{ field: "outcome", equals: "recovered" }],
  });
  // What differs is said in words, and the draft is gone.
  await page.locator("[data-did=measure_added]", { hasText: "抢救总时长" }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("cairn.console.form.clinic.rescue")), null);
  await axe(page, "a form");

  await phone.sync();
  await phone.log(FORMS.rescue, { diagnosis: "altitude sickness", age_band: "Adult", outcome: "Left on their own", minutes: 35 });
  await phone.sync();
  const [record] = (await desk.api(`records?form=${FORMS.rescue}`)).items;
  assert.equal(record.form_version ?? (await desk.api(`records/${record.id}`)).form_version, 2);
});

test("a form of one's own, with every type of field, and no code twice", async () => {
  const { page } = desk;
  await desk.go("#/forms");
  await axe(page, "forms");
  await page.getByRole("link", { name: "新建表格" }).click();
  await page.locator("input[name=form-id]").fill("clinic.everything");
  await named(page.locator("section").first(), "样样都有", "ཚང་མ།", "Everything");
  const types = ["text", "narrative", "integer", "tally", "yes_no", "choice", "date", "group"];
  for (const [n, type] of types.entries()) {
    await desk.button("添加字段").click();
    const editor = page.locator(`[data-field-editor=field_${n + 1}]`);
    await named(editor, `字段 ${n + 1}`, `ཁ་སྐོང་ ${n + 1}`, `Field ${n + 1}`);
    await editor.locator("[data-type]").first().selectOption(type);
    if (type === "choice") await named(editor.locator("[data-option=option_1]"), "甲", "ཀ", "A");
    if (type === "group") await named(page.locator('[data-field-editor="field_8/field_1"]'), "里面", "ནང་།", "Inside");
  }
  for (const name of ["字段 1", "字段 8"]) await page.locator(".phone").getByText(name).waitFor();
  // Moved by keyboard: the last goes up, and the focus stays with it.
  const up = page.locator("[data-field-editor=field_8]").getByRole("button", { name: /上移/ }).first();
  await up.focus();
  await page.keyboard.press("Enter");
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /上移.*字段 8/);
  await (await fieldEditor("field_2")).locator("[data-key]").fill("field_1");
  await desk.button("发布第 1 版").click();
  await desk.yes();
  await page.locator("[data-code=form_duplicate]").waitFor();
  await page.locator('[data-field-editor="field_1"]').nth(1).locator("[data-key]").fill("field_2");
  await desk.button("发布第 1 版").click();
  await desk.yes();
  await page.getByRole("heading", { name: "样样都有", exact: true }).waitFor();
  const [form] = (await desk.api("forms/clinic.everything")).items;
  assert.deepEqual(form.fields.map(({ key, type }) => [key, type]), [
    ["field_1", "text"], ["field_2", "narrative"], ["field_3", "integer"], ["field_4", "tally"], ["field_5", "yes_no"], ["field_6", "choice"], ["field_8", "group"], ["field_7", "date"],
  ]);
  await page.locator(".preview").getByRole("button", { name: "English" }).click();
  await page.locator(".phone").getByText("Field 5").waitFor();
  await axe(page, "a form with every type");
});

test("only who administers a whole tree makes forms; everybody may look", async () => {
  await staff(world, "county-boss", "县管理员", "administrator", "markam");
  const theirs = await officeOf(world, "county-boss", TABLET);
  await theirs.go(`#/forms/${FORMS.rescue}/edit`);
  await theirs.page.getByRole("heading", { name: "危重救治", exact: true }).waitFor();
  assert.equal(await theirs.page.getByRole("link", { name: "制作新版本" }).count(), 0);
  await axe(theirs.page, "a form on a tablet");
  await theirs.go("#/units/changdu");
  await theirs.page.locator("#unit-name", { hasText: "昌都市" }).waitFor();
  assert.equal(await theirs.button("改名").count(), 0, "what is not theirs they do not change");
  await axe(theirs.page, "units on a tablet");
  assert.equal(await theirs.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  assert.deepEqual([...theirs.errors, ...desk.errors], []);
  await theirs.end();
});
