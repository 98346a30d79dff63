/** Chromium, with workers that run what a test tells them. */

import path from "node:path";

import { chromium as driver } from "playwright-core";

import { chromium, root } from "./places.js";

/** The folders of a site for these tests. */
export const FOLDERS = {
  "/pkg/": process.env.CAIRN_WEB_PKG ?? path.join(root, "client-sdk/web/pkg"),
  "/pages/": path.join(root, "tests/browser/wasm/pages"),
};

export function launch(...flags) {
  return driver.launch({ executablePath: chromium, args: ["--no-sandbox", ...flags] });
}

/** A worker in a page of its own. */
export class Worker {
  constructor(page) {
    this.page = page;
  }

  static async open(context, site) {
    const page = await context.newPage();
    await page.goto(`${site.url}/pages/index.html`);
    await page.evaluate(() => {
      const worker = new window.Worker("/pages/worker.js", { type: "module" });
      const waiting = new Map();
      worker.onmessage = ({ data: { id, ...answer } }) => {
        waiting.get(id)(answer);
        waiting.delete(id);
      };
      worker.onerror = (event) => waiting.forEach((tell) => tell({ error: { message: event.message } }));
      let last = 0;
      window.ask = (source, given) => new Promise((tell) => {
        waiting.set(++last, tell);
        worker.postMessage({ id: last, source, given });
      });
    });
    return new Worker(page);
  }

  /** Runs a function of `({cairn, kept}, given)` there; what it throws is thrown here, code and all. */
  async run(job, given) {
    const answer = await this.page.evaluate(([source, given]) => window.ask(source, given), [job.toString(), given]);
    if (!answer.error) return answer.value;
    throw Object.assign(new Error(answer.error.message), answer.error);
  }
}
