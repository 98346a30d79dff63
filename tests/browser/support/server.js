/** A real `cairn-server` with a store of its own, and the county that the tests play in. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program, run } from "./programs.js";

export class Server {
  #process = null;
  #port = 0;
  /** What it has said since it was started. */
  said = "";
  directory = mkdtempSync(join(tmpdir(), "cairn-browser-"));
  /** Where its store is. */
  data;

  /** With a new store, unless there is one in `data`. */
  constructor(data) {
    this.data = data ?? join(this.directory, "data");
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start() {
    this.#process = spawn(program("cairn-server"), ["serve", "--data", this.data, "--listen", `127.0.0.1:${this.#port}`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.said = "";
    const listening = new Promise((resolve, reject) => {
      const hear = (bytes) => {
        this.said += bytes;
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.said);
        if (found) resolve(Number(found[1]));
      };
      this.#process.stdout.on("data", hear);
      this.#process.stderr.on("data", hear);
      this.#process.on("exit", (code) => reject(new Error(`cairn-server ended with ${code}: ${this.said}`)));
    });
    this.#port = await listening;
    return this;
  }

  /** What it says that fits the pattern, as soon as it says it. */
  heard(pattern) {
    const { stdout } = this.#process;
    return new Promise((resolve) => {
      const look = () => {
        const found = pattern.exec(this.said);
        if (!found) return;
        stdout.off("data", look);
        resolve(found);
      };
      stdout.on("data", look);
      look();
    });
  }

  /** Ends it as a power cut does. */
  async kill() {
    if (!this.#process) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    this.#process = null;
    await ended;
  }

  async end() {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A command of the administrator's. */
  admin(...args) {
    return run("cairn-server", ["admin", ...args, "--data", this.data]);
  }

  /** Copies the store into a file. */
  backup(file) {
    return run("cairn-server", ["backup", file, "--data", this.data]);
  }

  /** A county with a hospital and a clinic. */
  async county() {
    await this.admin("unit", "add", "changdu", "--kind", "prefecture", "--name", "昌都市");
    await this.admin("unit", "add", "markam", "--parent", "changdu", "--kind", "county", "--name", "芒康县");
    await this.admin("unit", "add", "markam-hospital", "--parent", "markam", "--kind", "clinic", "--name", "芒康县人民医院");
    await this.admin("unit", "add", "gartok-clinic", "--parent", "markam", "--kind", "clinic", "--name", "嘎托镇卫生院");
  }

  user(username, name, role = "recorder", unit = "markam-hospital") {
    return this.admin("user", "add", username, "--name", name, "--role", role, "--unit", unit);
  }

  /** A fresh code to enrol a device with. */
  async code(username) {
    return JSON.parse(await this.admin("enrol", username, "--json")).code;
  }

  /** `cairn`: a device at a terminal, with a store of its own. */
  desk(name) {
    const store = join(this.directory, name);
    return (...args) => run("cairn", ["--store", store, ...args]);
  }
}
