// PouchDB with PouchDB Server's own middleware (express-pouchdb), replicated both ways as its guide recommends: `sync`.
import { Agent } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);

let loaded;

function database() {
  loaded ??= require("pouchdb").plugin(require("pouchdb-adapter-memory"));
  return loaded;
}

async function patientsOf(db) {
  const { rows } = await db.allDocs({ include_docs: true });
  return new Map(rows.map(({ doc }) => [doc._id, doc.fields.patients_seen]));
}

async function serve(directory, adapter) {
  const express = require("express");
  const PouchDB = database();
  const Kept = PouchDB.defaults({ prefix: join(directory, "/"), adapter });
  const app = express();
  app.use("/", require("express-pouchdb")(Kept, {
    mode: "minimumForPouchDB", inMemoryConfig: true, logPath: join(directory, "log.txt"),
  }));
  const db = new Kept("records");
  await db.info();
  const server = await new Promise((done) => {
    const server = app.listen(0, "127.0.0.1", () => done(server));
    // Node ends a connection after five idle seconds: on the slow link just as the next request is under way on it.
    server.keepAliveTimeout = 120_000;
  });
  return {
    port: server.address().port,
    count: async () => (await db.info()).doc_count,
    patients: () => patientsOf(db),
  };
}

let devices = 0;

class Device {
  #writing = [];
  constructor(port, alone) {
    devices += 1;
    this.alone = alone;
    this.db = new (database())(`device-${devices}`, { adapter: "memory" });
    // Connections are kept and used again, at most six of them, as a browser does it.
    this.agent = new Agent({ keepAlive: true, maxSockets: 6 });
    const { fetch } = database();
    this.remote = new (database())(`http://127.0.0.1:${port}/records`, {
      skip_setup: true, fetch: (url, options) => fetch(url, { ...options, agent: this.agent }),
    });
  }
  write({ id, ...record }) {
    this.#writing.push({ _id: id, ...record });
    return id;
  }
  edit(id, patients) {
    this.#writing.push(this.db.get(id).then((doc) => this.db.put({ ...doc, fields: { ...doc.fields, patients_seen: patients } })));
  }
  async settle() {
    const docs = this.#writing.filter((what) => what._id);
    if (docs.length > 0) await this.db.bulkDocs(docs);
    await Promise.all(this.#writing);
    this.#writing = [];
  }
  begin() {
    const replication = this.alone ? this.db.replicate.to(this.remote) : this.db.sync(this.remote);
    this.syncing = new Promise((done, failed) => replication.on("complete", done).on("error", failed));
  }
  done() {
    return this.syncing;
  }
  async end() {
    this.agent.destroy();
    this.agent = new Agent({ keepAlive: true, maxSockets: 6 });
  }
  nameOf(id) {
    return id;
  }
  async count() {
    return (await this.db.info()).doc_count;
  }
  patients() {
    return patientsOf(this.db);
  }
}

const common = { packages: ["pouchdb", "express-pouchdb", "pouchdb-adapter-memory"], 
  device: (port, _, alone) => new Device(port, alone) };

export const pouchdb = [
  {
    ...common,
    name: "pouchdb",
    title: "PouchDB with PouchDB Server, LevelDB",
    says: "Keeps losing revisions for whoever asks for them and picks one winner by itself; no check of what is stored unless a " +
      "design document is written; LevelDB is written before the answer, but not synced to the disk.",
    serve: (directory) => serve(directory, "leveldb"),
  },
  {
    ...common,
    name: "pouchdb-memory",
    title: "PouchDB with PouchDB Server, memory",
    says: "The same with nothing kept.",
    serve: (directory) => serve(directory, "memory"),
    ingestOnly: true,
  },
];
