// Yjs with y-websocket and its server: all records in one document, as its guides have it, and one document per record, for
// which y-websocket opens one connection each.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

/** A record as shared types: the narrative is a text, all else are values. */
export function fill(map, { created, fields, form, form_version, unit, worker }) {
  const inner = new Y.Map();
  for (const [key, value] of Object.entries(fields)) inner.set(key, key === "notes" ? new Y.Text(value) : value);
  for (const [key, value] of Object.entries({ created, form, form_version, unit, worker })) map.set(key, value);
  map.set("fields", inner);
}

/** What the records in one document say; `name` when the document is a record. */
export function patientsIn(doc, name) {
  const one = (map) => map.get("fields")?.get("patients_seen");
  if (name) {
    const said = one(doc.getMap("record"));
    return said === undefined ? [] : [[name, said]];
  }
  return [...doc.getMap("records")].map(([id, map]) => [id, one(map)]);
}

async function serve(single) {
  const { docs, setContentInitializor, setupWSConnection } = await import("@y/websocket-server/utils");
  const { WebSocketServer } = createRequire(import.meta.url)("ws");
  // Somebody else is always there. Otherwise this server forgets a document when the last connection ends, asks the next one for
  // all of it before it has read its own copy, and then sends all of that back: twice the document for every reconnection.
  setContentInitializor(async (doc) => {
    doc.conns.set({ readyState: 1, send() {}, close() {} }, new Set());
  });
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on("connection", setupWSConnection);
  await new Promise((done) => http.listen(0, "127.0.0.1", done));
  const all = () => [...docs].flatMap(([name, doc]) => patientsIn(doc, single ? null : name));
  return {
    port: http.address().port,
    count: () => (single ? [...docs.values()].reduce((sum, doc) => sum + doc.getMap("records").size, 0) : all().length),
    patients: () => new Map(all()),
  };
}

/** One document for all. */
class Whole {
  doc = new Y.Doc();
  constructor(port, alone) {
    this.room = alone ? `records-${alone}` : "records";
    this.address = `ws://127.0.0.1:${port}`;
  }
  write(record) {
    this.doc.transact(() => {
      const map = new Y.Map();
      fill(map, record);
      this.doc.getMap("records").set(record.id, map);
    });
    return record.id;
  }
  edit(id, patients) {
    this.doc.getMap("records").get(id).get("fields").set("patients_seen", patients);
  }
  begin() {
    this.provider = new WebsocketProvider(this.address, this.room, this.doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  }
  async end() {
    this.provider.destroy();
  }
  nameOf(id) {
    return id;
  }
  count() {
    return this.doc.getMap("records").size;
  }
  patients() {
    return new Map(patientsIn(this.doc, null));
  }
}

/** One document, and so one connection, for each record. */
class Each {
  #docs = new Map();
  constructor(port) {
    this.address = `ws://127.0.0.1:${port}`;
  }
  write(record) {
    const doc = new Y.Doc();
    doc.transact(() => fill(doc.getMap("record"), record));
    this.#docs.set(record.id, doc);
    return record.id;
  }
  edit(id, patients) {
    this.#docs.get(id).getMap("record").get("fields").set("patients_seen", patients);
  }
  begin(names = []) {
    for (const name of names) this.#docs.set(name, new Y.Doc());
    this.providers = [...this.#docs].map(
      ([id, doc]) => new WebsocketProvider(this.address, id, doc, { WebSocketPolyfill: WebSocket, disableBc: true }),
    );
  }
  async end() {
    this.providers.forEach((provider) => provider.destroy());
  }
  nameOf(id) {
    return id;
  }
  count() {
    return this.patients().size;
  }
  patients() {
    return new Map([...this.#docs].flatMap(([id, doc]) => patientsIn(doc, id)));
  }
}

const common = {
  packages: ["yjs", "y-websocket", "@y/websocket-server"],
  live: true,
  // Documents are kept in LevelDB, as the server's own description recommends.
  env: (directory) => ({ YPERSISTENCE: `${directory}/documents` }),
};

export const yWebsocket = [
  {
    ...common,
    name: "yjs",
    title: "Yjs with y-websocket, one document for all",
    says: "Merges without loss of structure, but of two values of one field one wins and nobody is told; everybody who may read a " +
      "record may read and change all; no check of what is stored; LevelDB after the fact, not synced to the disk, no acknowledgement.",
    serve: () => serve(true),
    device: (port, _, alone) => new Whole(port, alone),
  },
  {
    ...common,
    name: "yjs-each",
    title: "Yjs with y-websocket, a document per record",
    says: "The same with rights that could be given by record: y-websocket opens a connection for every document.",
    serve: () => serve(false),
    device: (port) => new Each(port),
    ingestClientsMax: 1,
    // Without a document there is no connection.
    unmet: true,
  },
];
