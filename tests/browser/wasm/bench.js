/**
 * The figures of the engine in a browser: `make bench-browser`. Prints each with its target; fails only when something does not
 * work, for a busy machine is no fault of the program.
 */

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { FOLDERS, Worker, launch } from "./browser.js";
import { programs } from "./places.js";
import { Server } from "./server.js";
import { serve } from "./site.js";

const RECORDS = Number(process.env.RECORDS ?? 10_000);
const SAVES = 300;
const run = promisify(execFile);

function print(figure, value, unit, target) {
  console.log(`${figure.padEnd(58)} ${value.toFixed(1).padStart(9)} ${unit.padEnd(4)} ${target ? `target ${target}` : ""}`);
}

/** A year of outreach clinics, written by another device of the same user and sent to the server. */
async function fill(server, folder) {
  const places = ["嘎托镇", "如美镇", "曲孜卡乡", "木许乡", "纳西民族乡"];
  const rows = Array.from({ length: RECORDS }, (_, n) => {
    const day = new Date(Date.UTC(2021, 0, 1 + (n % 365))).toISOString().slice(0, 10);
    const fields = {
      place: `${places[n % places.length]}${n}村`,
      patients_seen: (n * 7) % 90,
      notes: `高血压筛查${n % 40}人，转诊${(n * 7919) % 1013}人`,
    };
    return JSON.stringify({ form: "clinic.outreach", unit: "markam-hospital", on: day, fields });
  });
  const file = path.join(folder, "year.jsonl");
  await writeFile(file, rows.join("\n"));
  const cairn = (...words) => run(path.join(programs, "cairn"), ["--store", path.join(folder, "desk"), ...words], { maxBuffer: 1e9 });
  await cairn("enrol", server.url, await server.code());
  await cairn("record", "import", file);
  await cairn("sync");
}

/** Opens the device in a fresh worker and makes what follows there. */
async function work(context, site, job, given) {
  const worker = await Worker.open(context, site);
  return { worker, told: await worker.run(job, given) };
}

const folder = await mkdtemp(path.join(tmpdir(), "cairn-bench-"));
const server = await Server.start();
const site = await serve(FOLDERS, server.url);
let browser;
try {
  const begun = performance.now();
  await fill(server, folder);
  console.error(`${RECORDS} records on the server after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  browser = await launch();
  const context = await browser.newContext();

  const first = await work(
    context,
    site,
    async ({ cairn, kept }, { url, code }) => {
      kept.device = await cairn.Device.open();
      const person = await kept.device.enrol(url, code, "phone");
      kept.replica = await kept.device.replica(person.id);
      const begun = performance.now();
      let report = await kept.replica.syncOnce();
      const useful = performance.now() - begun;
      let requests = 1;
      let bytes = report.bytes_received;
      while (!report.answered_all && !report.error) {
        report = await kept.replica.syncOnce();
        requests += 1;
        bytes += report.bytes_received;
      }
      if (report.error) throw new Error(report.error.message);
      return { person, useful, took: performance.now() - begun, requests, bytes, records: await kept.replica.count({}) };
    },
    { url: site.url, code: await server.code() },
  );
  const { person, useful, took, requests, bytes, records } = first.told;
  if (records !== RECORDS) throw new Error(`${records} records came, not ${RECORDS}`);
  print(`first sync of ${records} records (${requests} requests, ${(bytes / 1e6).toFixed(2)} MB)`, took / 1000, "s", "< 8 s");
  print("  its first answer, kept: from then on the app is useful", useful, "ms");
  await first.worker.page.close();

  const { told } = await work(
    context,
    site,
    async ({ cairn }, { id, saves }) => {
      const spans = {};
      const timed = async (name, job) => {
        const begun = performance.now();
        const value = await job();
        (spans[name] ??= []).push(performance.now() - begun);
        return value;
      };
      let device, replica;
      await timed("open", async () => {
        device = await cairn.Device.open();
        replica = await device.replica(id);
        await replica.list({ limit: 50 });
      });
      for (let n = 0; n < saves; n += 1) {
        const answers = { on: "2022-03-15", place: `嘎托镇${n}`, patients_seen: String(n % 80) };
        await timed("create", () => replica.create({ form: "clinic.outreach", answers }));
        const draft = await timed("keepDraft", () =>
          replica.keepDraft({ id: null, record: null, form: "clinic.outreach", unit: null, answers }),
        );
        const saved = await timed("finishDraft", () => replica.finishDraft(draft.id, false));
        await timed("edit", () => replica.editEntered(saved.id, { patients_seen: String((n + 1) % 80) }, false));
      }
      for (let n = 0; n < 20; n += 1) {
        await timed("list, the first 50", () => replica.list({ limit: 50 }));
        await timed("list, 50 from the middle", () => replica.list({ limit: 50, offset: 5_000 }));
        await timed("list, the last 50", () => replica.list({ limit: 50, offset: 9_950 }));
        await timed("status", () => replica.status());
        await timed("count", () => replica.count({}));
      }
      for (let n = 0; n < 3; n += 1) {
        await timed("list, 50 of one form", () => replica.list({ limit: 50, form: "clinic.outreach" }));
        await timed("search that finds one", () => replica.list({ limit: 50, text: "嘎托镇9995村" }));
        await timed("totals of all", () => replica.totals({}));
        await timed("totals of a month", () => replica.totals({ from: "2021-05-01", to: "2021-05-31" }));
      }
      const begun = performance.now();
      const report = await replica.sync();
      if (!report.answered_all) throw new Error(JSON.stringify(report));
      spans["sync of what was saved"] = [performance.now() - begun];
      return spans;
    },
    { id: person.id, saves: SAVES },
  );
  const targets = { create: "p99 < 50 ms", finishDraft: "p99 < 50 ms", edit: "p99 < 50 ms" };
  for (const [name, spans] of Object.entries(told)) {
    const sorted = spans.toSorted((a, b) => a - b);
    const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    print(`${name}, p50 of ${spans.length}`, at(0.5), "ms");
    if (spans.length > 1) print(`${name}, p99`, at(0.99), "ms", targets[name]);
  }
} finally {
  await browser?.close();
  await site.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
