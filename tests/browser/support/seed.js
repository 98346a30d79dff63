/** Many records on the server, made at a desk. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

const PLACES = ["嘎托镇", "宗西乡", "如美镇", "曲孜卡乡", "纳西民族乡", "帮达乡", "莽岭乡"];

/** Logs `count` records as `username`, over the years before today, and syncs them. */
export async function seed(server, username, count) {
  const rows = [];
  for (let n = 0; n < count; n += 1) {
    const on = new Date(Date.now() - Math.floor(n / 6) * 86_400_000).toISOString().slice(0, 10);
    const place = `${PLACES[n % PLACES.length]} ${n}`;
    const row = [
      { form: "clinic.outreach", fields: { place, patients_seen: 5 + (n % 40), referred: n % 4 } },
      { form: "clinic.surgery", fields: { procedure: place, outcome: ["recovered", "improved", "referred"][n % 3], laparoscopic: n % 2 === 0 } },
      { form: "clinic.training", fields: { topic: place, mode: "bedside", people: 3 + (n % 12) } },
      { form: "clinic.outpatient_day", fields: { department: place, visits: n % 90 } },
    ][n % 4];
    rows.push(JSON.stringify({ ...row, unit: "markam-hospital", on }));
  }
  const file = join(server.directory, "seed.jsonl");
  writeFileSync(file, rows.join("\n"));
  const desk = server.desk(`desk-${username}`);
  await desk("enrol", server.url, await server.code(username));
  await desk("sync");
  await desk("record", "import", file);
  await desk("sync");
}
