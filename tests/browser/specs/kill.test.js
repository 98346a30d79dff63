/**
 * A phone whose battery dies in the middle of saving, again and again: what the page had shown as saved is there after each start, and
 * on the server once, in the end.
 *
 * CAIRN_BROWSER_KILLS says how often (10), CAIRN_REPORT where the figures are written, as JSON.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Killable } from "../support/browser.js";
import { FORMS, Phone } from "../support/phone.js";
import { World } from "../support/world.js";

const KILLS = Number(process.env.CAIRN_BROWSER_KILLS ?? 10);
/** The longest wait, ms, from a record that is shown as saved to the end: saving one takes less. */
const WAIT_MS = 150;

let world;
const [battery, worn] = [new Killable(), new Killable()];

before(async () => {
  world = await World.begin();
  await world.server.user("tenzin", "丹增");
  await world.server.user("pema", "白玛");
});
after(async () => {
  await battery.end();
  await worn.end();
  await world?.end();
});

/** Numbers that look drawn and are the same every time. */
let seed = 1;
function drawn(end) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * end);
}

/** In the page: fills in a form, taps, waits for what is shown, and begins again, quicker than any person. */
async function logOnAndOn({ form, from }) {
  const until = async (look) => {
    for (;;) {
      const found = look();
      if (found) return found;
      await new Promise((next) => setTimeout(next, 2));
    }
  };
  const input = (field) => document.querySelector(`[data-field="${field}"] input`);
  const enter = (field, text) => {
    input(field).value = text;
    input(field).dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (let n = from; ; n += 1) {
    (await until(() => document.querySelector(`a[data-form="${form}"]`))).click();
    await until(() => input("place") && input("patients_seen"));
    enter("place", `village ${n}`);
    enter("patients_seen", `${n}`);
    const save = await until(() => document.querySelector("button.save:not(:disabled)"));
    window.tapped(n);
    save.click();
    const isOver = () => document.querySelector("a[data-form]") && !document.querySelector("button.save");
    await until(() => isOver() && document.body.textContent.includes("Saved on this phone"));
    window.shown(n);
  }
}

/** The phone after its browser was started. */
async function wake(browser) {
  const phone = new Phone(await browser.start(), world.front.url);
  await phone.open();
  return phone;
}

/** The phone of somebody who has enrolled it, and then left the network. */
async function away(browser, user) {
  const phone = await wake(browser);
  await phone.page.getByRole("button", { name: "English" }).click();
  await phone.enrol(await world.server.code(user));
  await phone.says("All on the server");
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await world.front.cut();
  return phone;
}

/** How many records it says that wait. */
async function waiting(phone) {
  const text = phone.page.locator("header .text", { hasText: /All on the server|record/ });
  await text.waitFor();
  return Number(/^(\d+) record/.exec(await text.innerText())?.[1] ?? 0);
}

test("what the page has shown as saved is there after every kill, and on the server once", { timeout: 60_000 + KILLS * 20_000 }, async () => {
  const begun = performance.now();
  let phone = await away(battery, "tenzin");
  const shown = new Set();
  let [tapped, before, midway] = [0, 0, 0];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    let more = 1 + drawn(4);
    const enough = new Promise((resolve) => {
      phone.page.exposeFunction("tapped", (n) => (tapped = n)).then(async () => {
        await phone.page.exposeFunction("shown", (n) => {
          shown.add(n);
          more -= 1;
          if (more === 0) resolve();
        });
        // It goes on until the browser dies.
        phone.page.evaluate(logOnAndOn, { form: FORMS.outreach, from: tapped + 1 }).catch(() => {});
      });
    });
    await enough;
    await new Promise((resolve) => setTimeout(resolve, drawn(WAIT_MS)));
    await battery.kill();
    midway += shown.has(tapped) ? 0 : 1;

    phone = await wake(battery);
    const now = await waiting(phone);
    assert.ok(now >= shown.size && now >= before && now <= tapped, `${shown.size} shown as saved, ${now} are there, ${tapped} tapped`);
    before = now;
    // They stand below all that was not finished.
    const last = Math.max(...shown);
    await phone.go("#/records");
    await phone.page.locator("a.record").first().scrollIntoViewIfNeeded();
    await phone.page.locator("a.record", { hasText: new RegExp(`village ${last}\\b`) }).waitFor();
    await phone.go("#/log");
  }
  assert.ok(midway > 0, "no kill came between a tap and what is shown");

  await world.front.open();
  await phone.sync();
  await phone.says("All on the server");
  await world.totals();
  const desk = world.server.desk("desk");
  await desk("enrol", world.server.url, await world.server.code("overseer"));
  await desk("sync");
  const { records } = JSON.parse(await desk("--json", "record", "list"));
  const there = records.map((record) => record.values.patients_seen);
  assert.equal(new Set(there).size, there.length, "a record is there twice");
  assert.deepEqual([...shown].filter((n) => !there.includes(n)), [], "shown as saved, and not there");
  assert.equal(there.length, before);
  report(
    [
      ["SIGKILLs of the browser", KILLS],
      ["of these, between a tap and what is shown", midway],
      ["records that the page had shown as saved, all there", shown.size],
      ["records on the server, each once", there.length],
    ],
    (performance.now() - begun) / 1000,
  );
});

// Without `renew_log` in the engine's `store/indexed_db/people.rs` Chromium deletes everything at the third start.
test("half a write at the end of the browser's log costs nothing that was saved before", async () => {
  let phone = await away(worn, "pema");
  for (const [number, tears] of [[1, true], [2, false], [3, true], [4, true]]) {
    await phone.log(FORMS.outreach, { place: `village ${number}`, patients_seen: number });
    await worn.kill();
    if (tears) worn.tear();
    phone = await wake(worn);
    assert.equal(await waiting(phone), number);
  }
  await world.front.open();
  await phone.sync();
  await phone.says("All on the server");
});

function report(counted, seconds) {
  const figures = counted.map(([name, value]) => ({ name, value }));
  for (const { name, value } of figures) console.log(`chromium: ${name}: ${value}`);
  const title = "Chromium is killed while the logbook saves";
  if (!process.env.CAIRN_REPORT) return;
  const commit = execFileSync("git", ["describe", "--always", "--dirty", "--exclude", "*"], { encoding: "utf8" }).trim();
  const said = { rig: "chromium", title, commit, figures, seconds };
  writeFileSync(process.env.CAIRN_REPORT, `${JSON.stringify(said, null, 2)}\n`);
}
