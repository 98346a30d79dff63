// Cairn itself: the programs `cairn` and `cairn-server` of CAIRN_BIN, as anybody runs them.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { attached, cpuSeconds, place } from "../process.js";

const run = promisify(execFile);
const bin = process.env.CAIRN_BIN;

async function program(name, ...words) {
  const { stdout } = await run(join(bin, name), words, { maxBuffer: 1 << 28 });
  return stdout;
}

/** The server with one unit and one worker. */
async function start() {
  const { directory, remove } = place("cairn");
  const data = join(directory, "data");
  const admin = (...words) => program("cairn-server", "admin", ...words, "--json", "--data", data);
  const people = async (unit, user) => {
    await admin("unit", "add", unit, "--kind", "clinic", "--name", "芒康县人民医院");
    await admin("user", "add", user, "--name", "医生 03", "--role", "recorder", "--unit", unit);
  };
  await people("markam-hospital", "doctor-03");
  const child = attached(spawn(join(bin, "cairn-server"), ["serve", "--listen", "127.0.0.1:0", "--data", data], {
    env: { ...process.env, CAIRN_LOG: "warn" }, stdio: ["ignore", "pipe", "inherit"],
  }));
  const port = await new Promise((ready, failed) => {
    child.once("exit", (code) => failed(new Error(`cairn-server ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const said = line.match(/^listening on http:\/\/127\.0\.0\.1:(\d+)/);
      if (said) ready(Number(said[1]));
    });
  });
  return {
    port,
    directory,
    /** A code for a new device; of a user in a unit of their own, if they are to hear of nobody else. */
    async code(alone) {
      if (alone) await people(`hospital-${alone}`, `doctor-${alone}`);
      return JSON.parse(await admin("enrol", alone ? `doctor-${alone}` : "doctor-03")).code;
    },
    cpuSeconds: () => cpuSeconds(child.pid),
    async end() {
      const gone = new Promise((gone) => child.once("exit", gone));
      child.kill("SIGKILL");
      await gone;
      remove();
    },
  };
}

let devices = 0;

class Device {
  #writing = [];
  #edits = [];
  #ids = new Map();
  constructor(port, server, alone) {
    this.alone = alone;
    this.server = server;
    this.address = `http://127.0.0.1:${port}`;
    devices += 1;
    this.store = join(server.directory, `device-${devices}`);
    mkdirSync(this.store);
  }
  #cairn(...words) {
    return program("cairn", "--store", this.store, "--json", ...words);
  }
  write(record) {
    this.#writing.push(record);
    return record.id;
  }
  edit(id, patients) {
    this.#edits.push([id, patients]);
  }
  /** What was written and changed goes into the device's own store. */
  async settle() {
    this.code ??= await this.server.code(this.alone);
    if (this.#writing.length > 0) {
      const file = join(this.store, "rows.jsonl");
      const rows = this.#writing.map(({ form, unit, fields }) =>
        JSON.stringify({ form, unit: this.alone ? `hospital-${this.alone}` : unit, fields }));
      writeFileSync(file, `${rows.join("\n")}\n`);
      await this.#cairn("record", "import", file);
      const listed = JSON.parse(await this.#cairn("record", "list", "--limit", "2000"));
      // Which is which does not matter: every edit is of one field of a record of its own.
      listed.records.forEach((row, n) => this.#writing[n] && this.#ids.set(this.#writing[n].id, row.id));
    }
    for (const [id, patients] of this.#edits) {
      await this.#cairn("record", "edit", this.#ids.get(id), `patients_seen=${patients}`);
    }
    this.expected = this.#writing.length + this.#edits.length;
    this.#writing = [];
    this.#edits = [];
  }
  /** A new device enrols first: it is asked who it is, and given forms, units and rights. */
  begin() {
    const enrolled = this.enrolled ?? this.#cairn("enrol", this.address, this.code, "--device-name", "bench");
    this.enrolled = Promise.resolve();
    this.syncing = enrolled.then(() => this.#cairn("sync")).then((said) => JSON.parse(said));
  }
  /** Done when the server has said of every change that it is stored. */
  async done() {
    const report = await this.syncing;
    if (!report.answered_all || report.accepted !== this.expected) throw new Error(JSON.stringify(report));
  }
  async end() {}
  nameOf(id) {
    return id;
  }
  async count() {
    const listed = JSON.parse(await this.#cairn("record", "list", "--limit", "2000"));
    return listed.records.length;
  }
}

export const cairn = {
  name: "cairn",
  title: "Cairn",
  says: "Merges without loss and shows what disagrees to people; the server checks form, rights and history of every change, keeps " +
    "totals, and answers when SQLite has it on the disk (synchronous=FULL).",
  packages: [],
  there: () => Boolean(bin) && existsSync(join(bin, "cairn")) && existsSync(join(bin, "cairn-server")),
  start,
  version: async () => (await program("cairn", "--version")).trim(),
  device: (port, server, alone) => new Device(port, server, alone),
};
