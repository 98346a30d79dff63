/** What is kept of the browsers of released versions; `tests/golden/README.md` says when to add to it. */

import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

import { root } from "./places.js";

/** The databases of a device with two people: one has unsynced work, one has enrolled and never synced. */
export const BROWSER = "browser.json";
/** The store of the server that knows this device. */
export const SERVER = "browser-server.db";
/** What device and server show, before and after the device's next sync. */
export const EXPECTED = "browser-expected.json";

/** The folder of one version. */
export class Golden {
  constructor(folder) {
    this.folder = folder;
    this.version = path.basename(folder);
  }

  /** Every version of which a browser is kept, oldest first. */
  static all() {
    const home = path.join(root, "tests/golden");
    const folders = readdirSync(home).sort().map((name) => path.join(home, name));
    return folders.filter((folder) => existsSync(path.join(folder, `${BROWSER}.gz`))).map((folder) => new Golden(folder));
  }

  bytes(name) {
    return gunzipSync(readFileSync(path.join(this.folder, `${name}.gz`)));
  }

  json(name) {
    return JSON.parse(this.bytes(name));
  }

  keep(name, content) {
    const bytes = Buffer.isBuffer(content) ? content : JSON.stringify(content);
    writeFileSync(path.join(this.folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}
