/** Real browsers: one for the many devices of a test, and ones that can be killed. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { CHROMIUM } from "./programs.js";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];

/** The viewport of a small, cheap phone. */
export const PHONE = { viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: "zh-CN", timezoneId: "Asia/Shanghai" };

export function launch(...flags) {
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags] });
}

/** A browser with a profile on disk, whose process is ours to kill. */
export class Killable {
  profile = mkdtempSync(join(tmpdir(), "cairn-profile-"));
  #process = null;
  #browser = null;

  async start() {
    this.#process = spawn(CHROMIUM, ["--headless", ...FLAGS, "--remote-debugging-port=0", `--user-data-dir=${this.profile}`, "--lang=zh-CN", "about:blank"], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    const url = await new Promise((resolve, reject) => {
      let said = "";
      this.#process.stderr.on("data", (bytes) => {
        said += bytes;
        const listening = /DevTools listening on (ws:\S+)/.exec(said);
        if (listening) resolve(listening[1]);
      });
      this.#process.on("exit", () => reject(new Error(`chromium ended: ${said}`)));
    });
    this.#browser = await chromium.connectOverCDP(url);
    const [context] = this.#browser.contexts();
    return context;
  }

  /** Ends it as a flat battery does. */
  async kill() {
    if (!this.#process) return;
    const ended = once(this.#process, "exit");
    // The process group that we have started, and nothing else.
    process.kill(-this.#process.pid, "SIGKILL");
    this.#process = null;
    await ended;
    await this.#browser.close().catch(() => {});
  }

  /** Leaves half a write at the end of the log of its databases, as a browser does that dies at such a moment. */
  tear() {
    const databases = join(this.profile, "Default", "IndexedDB");
    const [site] = readdirSync(databases).filter((name) => name.endsWith(".leveldb"));
    const [log] = readdirSync(join(databases, site)).filter((name) => name.endsWith(".log"));
    const path = join(databases, site, log);
    // LevelDB's format: blocks of 32 KiB, in which a header says of a record how long it is. This one has nothing but its header.
    const left = 32_768 - (statSync(path).size % 32_768);
    const header = Buffer.from([0xde, 0xad, 0xbe, 0xef, 200, 0, 1]);
    appendFileSync(path, left < header.length ? Buffer.concat([Buffer.alloc(left), header]) : header);
  }

  async end() {
    await this.kill();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
