/** The played year of Changdu: `cairn-server demo`, and the figures that it must show. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./browser.js";
import { program } from "./programs.js";

export class Changdu {
  #process = null;
  #directory = mkdtempSync(join(tmpdir(), "cairn-changdu-"));
  browser = null;
  /** What the program tells: its address, ways in, and every total with what it must be. */
  told = null;

  static async begin() {
    const changdu = new Changdu();
    changdu.told = await changdu.#play();
    changdu.browser = await launch();
    return changdu;
  }

  get url() {
    return this.told.listening;
  }

  #play() {
    const data = join(this.#directory, "data");
    this.#process = spawn(program("cairn-server"), ["demo", "--json", "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
    let told = "";
    let said = "";
    this.#process.stderr.on("data", (bytes) => (said += bytes));
    return new Promise((resolve, reject) => {
      this.#process.stdout.on("data", (bytes) => {
        told += bytes;
        // It tells everything at once, on one line, and goes on serving.
        if (told.endsWith("\n")) resolve(JSON.parse(told));
      });
      this.#process.on("exit", (code) => reject(new Error(`the demonstration ended with ${code}: ${said}`)));
    });
  }

  async end() {
    await this.browser?.close();
    if (this.#process) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
