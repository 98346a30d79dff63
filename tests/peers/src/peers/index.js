// Everybody who is measured, in the order of the table.
import { automergeRepo } from "./automerge.js";
import { cairn } from "./cairn.js";
import { hocuspocus } from "./hocuspocus.js";
import { jsonPeers } from "./json.js";
import { pouchdb } from "./pouchdb.js";
import { yWebsocket } from "./yjs.js";

// A peer is { name, title, says, packages, serve(directory), device(port, server) }; Cairn has start() instead of serve.
// `serve` runs in a process of its own and gives { port, count(), patients() }: how many records are there, and what each says.
// A device gives { write(record), edit(id, patients), settle()?, begin(names), done()?, end(), nameOf(id), count() }: `begin` connects
// and syncs, `done` waits for what its client library promises, `end` hangs up.
export const peers = [cairn, ...jsonPeers, ...automergeRepo, ...pouchdb, ...yWebsocket, ...hocuspocus];
