/** A real `cairn-server` on a store of its own, and an administrator's commands for it. */

import { spawn, execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { programs } from "./places.js";

const run = promisify(execFile);

export class Server {
  #child;
  #data;

  constructor(child, data, url) {
    this.#child = child;
    this.#data = data;
    this.url = url;
  }

  /** Starts one whose only clinic is `markam-hospital`, where `doctor-03` records. */
  static async start() {
    const server = await Server.on(null);
    await server.admin("unit", "add", "markam", "--kind", "county", "--name", "芒康县");
    await server.admin("unit", "add", "markam-hospital", "--parent", "markam", "--kind", "clinic", "--name", "县人民医院");
    await server.admin("user", "add", "doctor-03", "--name", "医生 03", "--role", "recorder", "--unit", "markam-hospital");
    return server;
  }

  /** Starts one on a copy of `store`, the bytes of SQLite's file; on a new store where there is none. */
  static async on(store) {
    const data = await mkdtemp(path.join(tmpdir(), "cairn-browser-"));
    if (store) await writeFile(path.join(data, "cairn.sqlite"), store);
    const child = spawn(path.join(programs, "cairn-server"), ["serve", "--data", data, "--listen", "127.0.0.1:0"], {
      env: { ...process.env, CAIRN_LOG: "warn" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status) => reject(new Error(`cairn-server ended with ${status}`)));
      createInterface(child.stdout).once("line", (line) => resolve(line.replace("listening on ", "").trim()));
    });
    return new Server(child, data, url);
  }

  /** What a command on its store prints; the server goes on. */
  async command(...words) {
    const { stdout } = await run(path.join(programs, "cairn-server"), [...words, "--json", "--data", this.#data]);
    return JSON.parse(stdout);
  }

  /** What a command of an administrator prints. */
  admin(...words) {
    return this.command("admin", ...words);
  }

  /** Its store as it is at this moment: the bytes of SQLite's file, with nothing left in a log beside it. */
  async store() {
    const file = path.join(this.#data, "copy.sqlite");
    await this.command("backup", file);
    const bytes = await readFile(file);
    await rm(file);
    return bytes;
  }

  /** What its API says to whoever has `token`. */
  async tells(where, token) {
    const answer = await fetch(`${this.url}/api/v1/${where}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** A one-time code for a user. */
  async code(user = "doctor-03") {
    return (await this.admin("enrol", user)).code;
  }

  async stop() {
    this.#child.removeAllListeners("exit");
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
    await rm(this.#data, { recursive: true, force: true });
  }
}
