/** The played year as an admin reads it: the overview and the briefing show every figure, exactly. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Changdu } from "../support/changdu.js";
import { DESK, Desk, PASSWORD } from "../support/console.js";
import { axe } from "../support/eyes.js";

let changdu;
let desk;
before(async () => {
  changdu = await Changdu.begin();
  desk = new Desk(await changdu.browser.newContext(DESK), changdu.url);
  // As the demonstration's own link says.
  const page = await desk.open(`#/password?code=${changdu.told.password_code}`);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("form button.main").click();
  await page.locator("[data-measure]").first().waitFor();
});
after(async () => {
  await desk?.end();
  await changdu?.end();
});

/** A number as a page writes it. */
function read(text) {
  return Number(text.replaceAll(",", "").trim());
}

test("the overview shows every total of the year, and how it has grown", async () => {
  const { totals } = changdu.told;
  assert.equal(totals.length, 22);
  for (const { unit, days: [from, to], measure, expected, label } of totals) {
    await desk.go(`#/overview?unit=${unit}&from=${from}&to=${to}`);
    const tile = desk.page.locator(`[data-measure=${measure}] .value`);
    await desk.page.locator("h1", { hasText: unit === "changdu" ? "昌都市" : "芒康县人民医院" }).waitFor();
    await tile.waitFor();
    assert.equal(read(await tile.textContent()), expected, `${label} of ${unit}`);
  }
  await desk.go("#/overview?unit=markam-hospital&from=2021-03-01&to=2022-02-28");
  for (const [measure, change] of [["outpatient_visits", "+109 %"], ["surgeries", "+91 %"]]) {
    assert.equal(await desk.page.locator(`[data-measure=${measure}] [data-change]`).textContent(), change);
  }
});

test("bars lead down to counties, facilities and workers, and add up to what stands above", async () => {
  await desk.go("#/overview?unit=changdu&from=2021-03-01&to=2022-02-28&measure=people_benefited");
  const bars = desk.page.locator("section", { has: desk.page.locator("#groups") });
  await bars.locator("th a", { hasText: "芒康县" }).waitFor();
  const sum = (texts) => texts.map(read).reduce((a, b) => a + b, 0);
  assert.equal(sum(await bars.locator("td.figure:nth-child(3)").allTextContents()), 16_000);
  for (const [name, heading] of [["芒康县", "芒康县"], ["芒康县人民医院", "芒康县人民医院"]]) {
    const row = bars.locator("tr", { has: desk.page.locator("th a", { hasText: new RegExp(`^${name}$`) }) });
    const above = read(await row.locator("td.figure").first().textContent());
    await row.locator("th a").click();
    await desk.page.locator("h1", { hasText: heading }).waitFor();
    await desk.page.locator("[data-measure=people_benefited] .value").waitFor();
    assert.equal(read(await desk.page.locator("[data-measure=people_benefited] .value").textContent()), above);
    assert.equal(sum(await bars.locator("td.figure:nth-child(3)").allTextContents()), above);
  }
  // By worker, where there is no unit below.
  await bars.locator("th a", { hasText: /^doctor-/ }).first().waitFor();
});

test("the briefing says every total of the year, with links to the records behind them", async () => {
  const { page } = desk;
  const labels = await page.evaluate(async () => {
    const forms = await (await fetch("/api/v1/forms")).json();
    const found = {};
    for (const { id } of forms.items) {
      const { items } = await (await fetch(`/api/v1/forms/${id}`)).json();
      for (const { measure, label } of items.at(-1).measures) found[measure] = label.zh;
    }
    return found;
  });
  for (const { unit, days: [from, to], measure, expected, label } of changdu.told.totals) {
    await desk.go(`#/briefing?unit=${unit}&from=${from}&to=${to}&language=zh`);
    await page.locator("article h2", { hasText: `${Number(from.slice(0, 4))}年` }).waitFor();
    const row = page.locator("article table").first().locator("tr", { has: page.locator(`td:first-child:text-is("${labels[measure]}")`) });
    assert.equal(read(await row.locator("td.figure").first().textContent()), expected, `${label} of ${unit}`);
  }
  await desk.go("#/briefing?unit=markam-hospital&from=2021-03-01&to=2022-02-28&language=zh");
  await page.locator("article h2", { hasText: "芒康县人民医院" }).waitFor();
  const text = await page.locator("article").textContent();
  for (const said of ["+109 %", "+91 %", "首例"]) assert.ok(text.includes(said), said);
  await axe(page, "briefing");
  // The paper is of whole pages, and the document is one.
  const paper = await page.pdf({ preferCSSPageSize: true });
  assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
  const word = await page.evaluate(async (path) => {
    const answer = await fetch(path);
    return [answer.status, answer.headers.get("content-type"), [...new Uint8Array(await answer.arrayBuffer()).subarray(0, 2)]];
  }, await page.locator("a[href*='briefing.docx']").getAttribute("href"));
  assert.deepEqual(word, [200, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", [0x50, 0x4b]]);
  // A figure leads to its records.
  const link = page.locator("article table a").first();
  const figure = read(await link.textContent());
  await link.click();
  await page.locator("h1", { hasText: "记录" }).waitFor();
  await page.locator("table tbody tr").first().waitFor();
  assert.ok(figure > 0);
});

test("a worker's own year can be read and printed", async () => {
  await desk.go("#/briefing?unit=markam-hospital&from=2021-03-01&to=2022-02-28&language=zh&worker=doctor-02");
  await desk.page.locator("article h2", { hasText: "doctor-02" }).or(desk.page.locator("article h2", { hasText: "医生 02" })).first().waitFor();
  await axe(desk.page, "a worker's year");
});

test("everybody can use the overview, on a desk and on a tablet, in every language", async () => {
  for (const [language, width, height] of [["中文", 1280, 720], ["བོད་ཡིག", 768, 1024], ["English", 1280, 720]]) {
    await desk.go("#/me");
    await desk.page.getByRole("button", { name: language }).click();
    await desk.page.setViewportSize({ width, height });
    await desk.go("#/overview?unit=changdu&from=2021-03-01&to=2022-02-28");
    await desk.page.locator("#groups").waitFor();
    await axe(desk.page, `overview, ${language}`);
    assert.ok(await desk.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `nothing is wider than the page, ${language}`);
  }
  assert.deepEqual(desk.errors, []);
});
