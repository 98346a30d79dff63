// automerge-repo with its WebSocket sync server: one document per record, as its authors and Cairn have it.
import { createServer } from "node:http";
import { ImmutableString, Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter, WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { NodeFSStorageAdapter } from "@automerge/automerge-repo-storage-nodefs";
import { WebSocketServer } from "ws";

/** A store in memory, so that a replica has a storage id and keeps what it knows of the other side. */
class MemoryStorage {
  kept = new Map();
  #under = (prefix) => [...this.kept].filter(([, { key }]) => prefix.every((part, i) => key[i] === part));
  async load(key) {
    return this.kept.get(key.join("/"))?.data;
  }
  async save(key, data) {
    this.kept.set(key.join("/"), { key, data });
  }
  async remove(key) {
    this.kept.delete(key.join("/"));
  }
  async loadRange(prefix) {
    return this.#under(prefix).map(([, chunk]) => chunk);
  }
  async removeRange(prefix) {
    this.#under(prefix).forEach(([name]) => this.kept.delete(name));
  }
}

/** Texts that are replaced as a whole are not sequences of letters; the narrative is. */
function document({ created, fields, form, form_version, unit, worker }) {
  const whole = (text) => new ImmutableString(text);
  return {
    created, form: whole(form), form_version, unit: whole(unit), worker: whole(worker),
    fields: { ...fields, on: whole(fields.on), place: whole(fields.place) },
  };
}

function ready(handles) {
  return handles.filter((handle) => handle.isReady());
}

function patientsOf(handles) {
  return new Map(ready(handles).flatMap((handle) => {
    const fields = handle.doc()?.fields;
    return fields ? [[handle.documentId, fields.patients_seen]] : [];
  }));
}

async function serve(storage) {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  await new Promise((done) => http.listen(0, "127.0.0.1", done));
  // As the published automerge-repo-sync-server has it: it takes and gives what it is asked for, and announces nothing.
  const repo = new Repo({
    network: [new WebSocketServerAdapter(sockets)], storage, peerId: `server-${http.address().port}`, sharePolicy: async () => false,
  });
  return {
    port: http.address().port,
    count: () => ready(Object.values(repo.handles)).length,
    patients: () => patientsOf(Object.values(repo.handles)),
  };
}

let devices = 0;

class Device {
  #names = new Map();
  constructor(port) {
    devices += 1;
    this.repo = new Repo({ network: [], storage: new MemoryStorage(), peerId: `device-${process.pid}-${devices}` });
    this.address = `ws://127.0.0.1:${port}`;
  }
  write(record) {
    const handle = this.repo.create(document(record));
    this.#names.set(record.id, handle);
    return handle.documentId;
  }
  edit(id, patients) {
    this.#names.get(id).change((doc) => {
      doc.fields.patients_seen = patients;
    });
  }
  /** The `names` of others' records were told on another way, for nothing: the server lists none. */
  begin(names = []) {
    this.adapter = new WebSocketClientAdapter(this.address);
    // In Node it throws where nobody can catch when a connection fails; in a browser it does not, and tries again.
    this.adapter.onError = () => {};
    this.repo.networkSubsystem.addNetworkAdapter(this.adapter);
    // What is not there after a second is called unavailable, and comes all the same.
    names.forEach((name) => void this.repo.find(name).catch(() => null));
  }
  /** All is in the device's own store before it connects. */
  settle() {
    return this.repo.flush();
  }
  async end() {
    this.repo.networkSubsystem.removeNetworkAdapter(this.adapter);
    // A timer of its own may connect it again all the same, in competition with its successor.
    this.adapter.connect = () => {};
  }
  nameOf(id) {
    return this.#names.get(id).documentId;
  }
  count() {
    return ready(Object.values(this.repo.handles)).length;
  }
  patients() {
    return patientsOf(Object.values(this.repo.handles));
  }
}

const common = {
  packages: [
    "@automerge/automerge-repo", "@automerge/automerge", "@automerge/automerge-repo-network-websocket",
    "@automerge/automerge-repo-storage-nodefs",
  ],
  live: true,
  // Nothing is paid only once.
  unmet: true,
  device: (port) => new Device(port),
};

export const automergeRepo = [
  {
    ...common,
    name: "automerge-repo",
    title: "automerge-repo, file storage",
    says: "Merges without loss and lets conflicts be asked for; the server checks neither form nor rights, gives documents to whoever " +
      "knows their names (here told for nothing), answers from memory and writes files afterwards, without fsync.",
    serve: (directory) => serve(new NodeFSStorageAdapter(directory)),
  },
  {
    ...common,
    name: "automerge-repo-memory",
    title: "automerge-repo, memory",
    says: "The same with nothing kept: what is lost when the process ends is everything.",
    serve: () => serve(new MemoryStorage()),
    ingestOnly: true,
  },
];
