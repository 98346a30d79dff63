/** A real `cairn-server` on a fresh store, with one clinic, and an administrator's commands for it. */

import { spawn, execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
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
    const data = await mkdtemp(path.join(tmpdir(), "cairn-browser-"));
    const child = spawn(path.join(programs, "cairn-server"), ["serve", "--data", data, "--listen", "127.0.0.1:0"], {
      env: { ...process.env, CAIRN_LOG: "warn" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status) => reject(new Error(`cairn-server ended with ${status}`)));
      createInterface(child.stdout).once("line", (line) => resolve(line.replace("listening on ", "").trim()));
    });
    const server = new Server(child, data, url);
    await server.admin("unit", "add", "markam", "--kind", "county", "--name", "芒康县");
    await server.admin("unit", "add", "markam-hospital", "--parent", "markam", "--kind", "clinic", "--name", "县人民医院");
    await server.admin("user", "add", "doctor-03", "--name", "医生 03", "--role", "recorder", "--unit", "markam-hospital");
    return server;
  }

  /** What a command of an administrator prints. */
  async admin(...words) {
    const { stdout } = await run(path.join(programs, "cairn-server"), ["admin", ...words, "--json", "--data", this.#data]);
    return JSON.parse(stdout);
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
