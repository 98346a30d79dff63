// Servers as processes: started, asked, measured, ended.
import { fork } from "node:child_process";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TICKS_PER_S = 100;

/** CPU seconds that a process has used, its threads included. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Sees to it that a server does not outlive what measures it, however that ends. */
export function attached(child) {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** A directory of its own, and how to remove it. */
export function place(name) {
  const directory = mkdtempSync(join(process.env.PEERS_DIR ?? tmpdir(), `peers-${name}-`));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** The server of a peer that runs in Node. */
export async function hosted(peer) {
  const { directory, remove } = place(peer.name);
  const child = attached(fork(new URL("host.js", import.meta.url), [peer.name, directory], {
    env: { ...process.env, ...peer.env?.(directory), NODE_ENV: "production" }, stdio: ["ignore", "ignore", "inherit", "ipc"],
    cwd: directory, serialization: "advanced",
  }));
  const waiting = new Map();
  let asked = 0;
  const port = await new Promise((ready, failed) => {
    child.once("exit", (code) => failed(new Error(`the server of ${peer.name} ended with ${code}`)));
    child.on("message", (message) => {
      if (message.port) ready(message.port);
      else waiting.get(message.id)?.(message.answer);
      waiting.delete(message.id);
    });
  });
  const ask = (what) =>
    new Promise((answered) => {
      asked += 1;
      waiting.set(asked, answered);
      child.send({ ask: what, id: asked });
    });
  return {
    port,
    count: () => ask("count"),
    patients: () => ask("patients"),
    cpuSeconds: () => cpuSeconds(child.pid),
    async end() {
      const gone = new Promise((gone) => child.once("exit", gone));
      child.kill("SIGKILL");
      await gone;
      remove();
    },
  };
}

/** Milliseconds that one write of 4 KiB takes until it is on the disk: the floor of every durable answer here. */
export function fsyncMs() {
  const { directory, remove } = place("fsync");
  const file = openSync(join(directory, "file"), "w");
  const times = Array.from({ length: 31 }, () => {
    const begun = performance.now();
    writeSync(file, Buffer.alloc(4096));
    fsyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  remove();
  return times.sort((a, b) => a - b)[15];
}
