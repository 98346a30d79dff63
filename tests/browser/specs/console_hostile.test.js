/** Whatever people type is shown as text, on every page, and goes into tables as text. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deskOf, staff } from "../support/console.js";
import { asRead, HOSTILE } from "../support/hostile.js";
import { World } from "../support/world.js";

/** What would stand in a page if a text had become markup. */
const BECOME = "[data-evil], main script, main iframe, main object, main style, main meta, main base, main form[action], main img[src]";
/** How the server says no to a text that cannot stand where it was put. */
const REFUSED = ["name_invalid", "bad_value", "device_name_invalid"];
/** Cells that a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

let world;
let desk;
/** What the page has asked and has no answer to yet; but for the stream of what moves, which has no end. */
const asked = new Set();
const isAsked = (request) => new URL(request.url()).pathname.startsWith("/api/") && !request.url().endsWith("/live");
/** The texts that the server took, by where it took them. */
const taken = { units: [], users: [], comments: [], records: [], reasons: [], devices: [], labels: [] };
/** A public key, from RFC 8032, section 7.1. */
const KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
before(async () => {
  world = await World.begin();
  await staff(world, "admin", "德吉");
  desk = await deskOf(world, "admin");
  desk.page.on("request", (request) => isAsked(request) && asked.add(request));
  for (const end of ["requestfinished", "requestfailed"]) desk.page.on(end, (request) => asked.delete(request));
});
after(async () => {
  await desk?.end();
  await world?.end();
});

/** Sends each of the texts to the API, from the page; gives those that it took. The others it must refuse by name. */
async function send(texts, path, body) {
  const answers = await desk.page.evaluate(
    async (sent) => {
      const found = [];
      for (const [to, one] of sent) {
        const answer = await fetch(`/api/v1/${to}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(one) });
        const text = await answer.text();
        found.push([answer.status, answer.ok ? "" : JSON.parse(text).code]);
      }
      return found;
    },
    await Promise.all(texts.map(async (text, i) => [typeof path === "string" ? path : path(i), await body(text, i)])),
  );
  return texts.filter((text, i) => {
    const [status, code] = answers[i];
    assert.ok(status < 300 || ([400, 422].includes(status) && REFUSED.includes(code)), `${JSON.stringify(text)}: ${status} ${code}`);
    return status < 300;
  });
}

/** Nothing on the page is anything but text. */
async function harmless(where) {
  const found = await desk.page.evaluate((become) => {
    const markup = [...document.querySelectorAll(become)].map((element) => element.outerHTML.slice(0, 200));
    return { pwned: "pwned" in window, markup, away: !/^\/console\/?$/.test(location.pathname), wide: document.documentElement.scrollWidth > innerWidth };
  }, BECOME);
  assert.deepEqual(found, { pwned: false, markup: [], away: false, wide: false }, where);
  assert.deepEqual(desk.errors, [], where);
}

/** Waits until the page has heard all that it asked for. */
async function settled() {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await desk.page.waitForTimeout(50);
    if (asked.size > 0) quiet = -1;
  }
}

/** Each of the texts stands on the page, as it is. */
async function shown(texts, where) {
  const page = await desk.page.evaluate(() => document.querySelector("main").textContent);
  const read = asRead(page);
  for (const text of texts) assert.ok(read.includes(asRead(text)), `${where}: ${JSON.stringify(text)} is not there`);
}

/** Reads on until the list is at its end. A list that comes into sight reads on by itself, and then its button may go while one reaches for it. */
async function toTheEnd() {
  const pressed = () => {
    const more = [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === "显示更多");
    more?.click();
    return more !== undefined;
  };
  for (let n = 0; n < 40 && (await desk.page.evaluate(pressed)); n += 1) await settled();
}

test("three hundred texts are taken into every field that people name or write something in", async () => {
  const code = (n) => `h-${String(n).padStart(3, "0")}`;
  taken.units = await send(HOSTILE, "units", (name) => ({ code: code(HOSTILE.indexOf(name)), parent: "markam", kind: "school", name }));
  taken.users = await send(HOSTILE, "users", (name) => ({ username: code(HOSTILE.indexOf(name)), name, role: "recorder", unit: "markam" }));
  // One line has no place for control characters; the long text has.
  const line = (text) => text.replace(/\p{Cc}/gu, " ");
  const rows = HOSTILE.map((text) => JSON.stringify({ form: "clinic.outreach", unit: "markam-hospital", on: "2021-03-15", fields: { place: line(text), patients_seen: 1, notes: text } }));
  const file = join(world.server.directory, "hostile.jsonl");
  writeFileSync(file, rows.join("\n"));
  await world.server.user("tenzin", "丹增");
  const phone = world.server.desk("phone-tenzin");
  await phone("enrol", world.server.url, await world.server.code("tenzin"));
  await phone("sync");
  await phone("record", "import", file);
  await phone("sync");
  const { items } = await desk.api("records?limit=200&unit=markam-hospital");
  taken.records = HOSTILE;
  const [first] = items;
  taken.comments = await send(HOSTILE, `records/${first.id}/comments`, (text) => ({ text }));
  taken.commented = first.id;
  const more = await desk.api("records?limit=200&unit=markam-hospital&has=comment");
  assert.equal(more.items.length, 1);
  const { items: rest } = await desk.api("records?limit=200&unit=markam-hospital");
  taken.reasons = await send(HOSTILE.slice(0, 200), (i) => `records/${rest[i].id}/reviews`, (reason) => ({ verdict: "returned", reason }));
  const codes = [];
  for (let n = 0; n < HOSTILE.length; n += 1) codes.push((await desk.api("users/tenzin/codes", { purpose: "device" })).code);
  taken.devices = await send(HOSTILE, "enrol", (device_name, i) => ({ code: codes[i], device_name, public_key: KEY }));
  taken.labels = HOSTILE.map(line).filter((text) => Array.from(text).length <= 100).slice(0, 40);
  const label = (text) => ({ zh: text, bo: text, en: text });
  const fields = taken.labels.map((text, i) => ({ key: `f${i}`, type: "choice", label: label(text), options: [{ value: "a", label: label(text) }] }));
  await desk.api("forms", { id: "hostile.form", version: 1, title: label(taken.labels[0]), fields, measures: [] });
  for (const kind of ["units", "users", "comments", "devices"]) assert.ok(taken[kind].length > 200, `${kind}: ${taken[kind].length} were taken`);
});

test("they are text on every page", async () => {
  const places = {
    overview: "#/overview?unit=markam&from=2021-01-01&to=2021-12-31",
    records: "#/records?unit=markam-hospital",
    record: `#/record/${taken.commented}`,
    people: "#/people",
    person: `#/people/h-001`,
    devices: "#/devices",
    units: "#/units/markam",
    forms: "#/forms",
    form: "#/forms/hostile.form",
    "editing a form": "#/forms/hostile.form/edit",
    returned: "#/queues/returned",
    audit: "#/audit",
    system: "#/system",
    me: "#/me",
    conflicts: "#/queues/conflicts",
    duplicates: "#/queues/duplicates?unit=markam-hospital&from=2021-03-01&to=2021-03-31",
    held: "#/queues/held",
    refused: "#/queues/refused",
    faults: "#/queues/faults",
    briefing: "#/briefing?unit=markam&from=2021-01-01&to=2021-12-31&language=zh",
  };
  // The units are read when somebody sits down.
  await desk.page.reload();
  await desk.page.locator("nav li").first().waitFor();
  const whole = { form: taken.labels, "editing a form": taken.labels, returned: taken.reasons.slice(-1), devices: taken.devices, overview: taken.units, records: taken.records, record: taken.comments, people: taken.users, units: taken.units };
  for (const [where, hash] of Object.entries(places)) {
    await desk.go(hash);
    await settled();
    if (["records", "people", "devices"].includes(where)) await toTheEnd();
    await harmless(where);
    if (whole[where]) await shown(whole[where], where);
  }
});

test("what is looked for is a text as well, and so is what an address says", async () => {
  for (const text of HOSTILE.filter((_, i) => i % 15 === 0)) {
    await desk.go(`#/records?${new URLSearchParams({ unit: "markam-hospital", from: "2021-01-01", to: "2021-12-31", text, worker: text, measure: text, form: text })}`);
    await settled();
    await harmless(`looking for ${JSON.stringify(text)}`);
    await desk.go(`#/people/${encodeURIComponent(text)}`);
    await settled();
    await harmless(`the person ${JSON.stringify(text)}`);
  }
});

test("tables are safe to open", async () => {
  const csv = await desk.page.evaluate(async () => (await fetch("/api/v1/records.csv?unit=markam-hospital&form=clinic.outreach")).text());
  const cells = cellsOf(csv);
  assert.ok(cells.length > 600);
  for (const cell of cells) assert.doesNotMatch(cell.replace(/^-?\d+(\.\d+)?$/, ""), FORMULA, JSON.stringify(cell));
  for (const text of HOSTILE) assert.ok(cells.includes(text) || cells.includes(`'${text}`), JSON.stringify(text));
});

/** The cells of a table in CSV. */
function cellsOf(csv) {
  const cells = [];
  for (const [, quoted, plain] of csv.matchAll(/(?:^|,|\n)(?:"((?:[^"]|"")*)"|([^",\n]*))/g)) cells.push(quoted === undefined ? (plain ?? "").replace(/\r$/, "") : quoted.replaceAll('""', '"'));
  return cells;
}
