// The server of one peer as a process of its own: `node host.js <peer> <directory>`. It is asked over IPC, not over the link.
import { createRequire } from "node:module";
import { peers } from "./peers/index.js";

const [, , name, directory] = process.argv;
globalThis.require ??= createRequire(import.meta.url);
const peer = peers.find((peer) => peer.name === name);
const serving = await peer.serve(directory);
process.on("message", async ({ ask, id }) => {
  // Only what can be known without work is asked while something is measured.
  const answer = ask === "count" ? await serving.count() : await serving.patients();
  process.send({ id, answer });
});
process.on("disconnect", () => process.exit());
process.send({ port: serving.port });
