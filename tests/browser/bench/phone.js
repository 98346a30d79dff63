/**
 * The figures of the field, in Chromium with ten thousand records: the cold offline start to a usable form with the CPU four times slower,
 * the time from a tap on *save* until the record is durable and the app has gone on, and the first sync over loopback. Chromium slows
 * down the page's thread, not the worker's. `make bench-browser`
 */

import { Killable } from "../support/browser.js";
import { FORMS, Phone } from "../support/phone.js";
import { seed } from "../support/seed.js";
import { World } from "../support/world.js";
import { Table } from "./table.js";

const RECORDS = 10_000;
const SAVES = 120;
const STARTS = 5;
const PATIENCE_MS = 10_000;

/** In the page: from the tap on *save* until the app has left the form, which it does when the record is on disk. */
function tapped(patience) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("not saved")), patience);
    const start = performance.now();
    const look = () => {
      if (!document.querySelector("a[data-form]")) return;
      observer.disconnect();
      resolve(performance.now() - start);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { childList: true, subtree: true });
    document.querySelector("button.save").click();
  });
}

const world = await World.begin();
const battery = new Killable();
const table = new Table("phone", "the field app with 10,000 records, in Chromium");
const note = (what, value, target, unit) => table.add(what, [value], target, unit);

try {
  await world.server.user("tenzin", "丹增");
  await seed(world.server, "tenzin", RECORDS);

  let context = await battery.start();
  let phone = new Phone(context, world.front.url);
  await phone.open();
  await phone.page.getByRole("button", { name: "English" }).click();
  const began = performance.now();
  await phone.enrol(await world.server.code("tenzin"));
  await phone.go("#/records");
  await phone.page.getByText("10,000 records").waitFor({ timeout: 120_000 });
  note("first sync of 10,000 records, loopback", (performance.now() - began) / 1000, 8, "s");
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

  await world.front.cut();
  const taps = [];
  for (let n = 0; n < SAVES; n += 1) {
    await phone.fill(FORMS.outreach, { place: `bench ${n}`, patients_seen: n });
    await phone.page.getByText("All you typed is kept").waitFor();
    taps.push(await phone.page.evaluate(tapped, PATIENCE_MS));
    await phone.page.locator("a[data-form]").first().waitFor();
  }
  taps.sort((a, b) => a - b);
  note(`tap to durable, p50 of ${SAVES}`, taps[Math.floor(SAVES * 0.5)], 50, "ms");
  note(`tap to durable, p99 of ${SAVES}`, taps[Math.floor(SAVES * 0.99)], 50, "ms");

  const starts = [];
  for (let n = 0; n < STARTS; n += 1) {
    await battery.kill();
    context = await battery.start();
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const start = performance.now();
    await page.goto(`${world.front.url}/#/log/${FORMS.outreach}/${crypto.randomUUID()}`);
    await page.locator("#field-place").fill("usable");
    await page.getByText("All you typed is kept").waitFor();
    starts.push(performance.now() - start);
    await page.close();
  }
  starts.sort((a, b) => a - b);
  note(`cold offline start to a form that keeps what is typed, 4x slower, median of ${STARTS}`, starts[Math.floor(STARTS / 2)], 2000, "ms");
  if (!table.end()) process.exitCode = 1;
} finally {
  await battery.end();
  await world.end();
}
