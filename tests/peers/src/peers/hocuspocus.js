// Yjs with Hocuspocus, which carries many documents on one connection, acknowledges, and keeps them in SQLite.
import { join } from "node:path";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import * as Y from "yjs";
import { fill, patientsIn } from "./yjs.js";

async function serve(directory) {
  const { Server } = await import("@hocuspocus/server");
  const { SQLite } = await import("@hocuspocus/extension-sqlite");
  const server = new Server({
    port: 0, address: "127.0.0.1", quiet: true, stopOnSignals: false,
    extensions: [new SQLite({ database: join(directory, "documents.sqlite") })],
  });
  await server.listen();
  const all = () => [...server.hocuspocus.documents].flatMap(([name, doc]) => patientsIn(doc, name));
  return { port: server.httpServer.address().port, count: () => all().length, patients: () => new Map(all()) };
}

class Device {
  #docs = new Map();
  constructor(port) {
    this.socket = new HocuspocusProviderWebsocket({
      url: `ws://127.0.0.1:${port}`, autoConnect: false, WebSocketPolyfill: WebSocket,
    });
    this.socket.setMaxListeners?.(Infinity);
  }
  #attach(name, doc) {
    this.#docs.set(name, doc);
    // Who is there just now is of no interest for records, and would cost bytes.
    new HocuspocusProvider({ websocketProvider: this.socket, name, document: doc, awareness: null }).attach();
  }
  write(record) {
    const doc = new Y.Doc();
    doc.transact(() => fill(doc.getMap("record"), record));
    this.#attach(record.id, doc);
    return record.id;
  }
  edit(id, patients) {
    this.#docs.get(id).getMap("record").get("fields").set("patients_seen", patients);
  }
  begin(names = []) {
    for (const name of names) this.#attach(name, new Y.Doc());
    this.socket.connect();
  }
  async end() {
    this.socket.disconnect();
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

export const hocuspocus = [
  {
    name: "hocuspocus",
    title: "Yjs with Hocuspocus, a document per record",
    says: "As Yjs, all documents on one connection; it acknowledges what it has in memory and writes to SQLite up to some seconds later.",
    packages: ["yjs", "@hocuspocus/server", "@hocuspocus/provider", "@hocuspocus/extension-sqlite"],
    live: true,
    // A connection without a document on it counts as failed, and there is nothing that would be paid only once.
    unmet: true,
    serve,
    device: (port) => new Device(port),
  },
];
