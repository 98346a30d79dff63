// What one writes without a sync engine: JSON, gzip, last write wins, over REST, on SQLite that waits for the disk.
import { createServer, Agent, request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const HEADERS = { "content-type": "application/json", "content-encoding": "gzip" };
const pack = (value) => gzipSync(JSON.stringify(value), { level: 9 });
const unpack = (body) => JSON.parse(gunzipSync(body));

async function bodyOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * `POST /records?since=N`: records in, those of others since N out. `PUT /records/ID?by=D`: one record in, from device D.
 * `GET /records?since=N&by=D`: those of others than D since N.
 * An answer is given when the transaction is on the disk. Whoever writes last wins, and nobody is told.
 */
async function serve(directory) {
  const Database = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(join(directory, "records.sqlite"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE records (id TEXT PRIMARY KEY, version INTEGER NOT NULL, by TEXT, body TEXT NOT NULL) STRICT");
  db.exec("CREATE UNIQUE INDEX records_by_version ON records (version)");
  const newest = db.prepare("SELECT coalesce(max(version), 0) AS version FROM records");
  const put = db.prepare("INSERT INTO records VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE " +
    "SET version = excluded.version, by = excluded.by, body = excluded.body");
  const since = db.prepare("SELECT body FROM records WHERE version > ? AND version <= ? AND by IS NOT ? ORDER BY version");
  const take = db.transaction((records, by) => {
    let { version } = newest.get();
    for (const record of records) put.run(record.id, (version += 1), by, JSON.stringify(record));
    return version;
  });
  const server = createServer(async (asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url, "http://localhost");
    const body = await bodyOf(asked);
    const known = Number(searchParams.get("since") ?? 0);
    const before = newest.get().version;
    const by = searchParams.get("by");
    if (asked.method === "PUT" && pathname.startsWith("/records/")) {
      take([unpack(body)], by);
      answer.writeHead(204).end();
      return;
    }
    const records = since.all(known, before, by ?? "").map((row) => JSON.parse(row.body));
    const cursor = asked.method === "POST" ? take(unpack(body), null) : before;
    answer.writeHead(200, HEADERS).end(pack({ cursor, records }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const all = db.prepare("SELECT body FROM records");
  return {
    port: server.address().port,
    count: () => db.prepare("SELECT count(*) AS n FROM records").get().n,
    patients: () => new Map(all.all().map(({ body }) => JSON.parse(body)).map((r) => [r.id, r.fields.patients_seen])),
  };
}

let devices = 0;

class Device {
  kept = new Map();
  #changed = new Set();
  #cursor;
  constructor(port, each, alone) {
    this.name = `d${(devices += 1)}`;
    this.port = port;
    this.each = each;
    // Only sends, and takes nothing.
    this.#cursor = alone ? Number.MAX_SAFE_INTEGER : 0;
  }
  write(record) {
    this.kept.set(record.id, record);
    this.#changed.add(record.id);
    return record.id;
  }
  edit(id, patients) {
    const record = this.kept.get(id);
    this.write({ ...record, fields: { ...record.fields, patients_seen: patients } });
  }
  #ask(method, path, value) {
    return new Promise((done, failed) => {
      const body = value === undefined ? undefined : pack(value);
      const headers = body ? { ...HEADERS, "content-length": body.length } : {};
      const asking = request({ host: "127.0.0.1", port: this.port, method, path, headers, agent: this.agent }, async (answer) => {
        if (answer.statusCode >= 300) failed(new Error(`${method} ${path}: ${answer.statusCode}`));
        const said = await bodyOf(answer);
        done(said.length > 0 ? unpack(said) : null);
      });
      asking.on("error", failed).end(body);
    });
  }
  async #sync() {
    const changed = [...this.#changed].map((id) => this.kept.get(id));
    let answer;
    if (this.each) {
      for (const record of changed) await this.#ask("PUT", `/records/${record.id}?by=${this.name}`, record);
      answer = await this.#ask("GET", `/records?since=${this.#cursor}&by=${this.name}`);
    } else {
      answer = await this.#ask("POST", `/records?since=${this.#cursor}`, changed);
    }
    this.#changed.clear();
    if (this.#cursor < Number.MAX_SAFE_INTEGER) this.#cursor = answer.cursor;
    for (const record of answer.records) this.kept.set(record.id, record);
  }
  begin() {
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.syncing = this.#sync();
  }
  done() {
    return this.syncing;
  }
  async end() {
    this.agent.destroy();
  }
  nameOf(id) {
    return id;
  }
  count() {
    return this.kept.size;
  }
  patients() {
    return new Map([...this.kept].map(([id, record]) => [id, record.fields.patients_seen]));
  }
}

const says = "No merging, no check, no rights: whoever writes last overwrites what the other wrote, and nobody is told. " +
  "An answer comes when SQLite has it on the disk (synchronous=FULL)";

export const jsonPeers = [
  {
    name: "json-batch",
    title: "JSON + gzip, one request",
    says: `${says}, one transaction for the request.`,
    packages: ["better-sqlite3"],
    acknowledges: true,
    serve,
    device: (port, _, alone) => new Device(port, false, alone),
  },
  {
    name: "json-each",
    title: "JSON + gzip, a request per record",
    says: `${says}, one transaction for every record.`,
    recorded_rtt_ms: 20,
    packages: ["better-sqlite3"],
    acknowledges: true,
    serve,
    device: (port, _, alone) => new Device(port, true, alone),
  },
];
