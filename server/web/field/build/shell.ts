/** Tells the service worker what the shell is: every file of the build, and a version that changes with any of them. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../../kit/build/files.ts";
import type { Plugin } from "vite";

export function shell(): Plugin {
  let out = "dist";
  return {
    name: "cairn-shell",
    apply: "build",
    configResolved: (config) => void (out = config.build.outDir),
    closeBundle: {
      order: "pre",
      sequential: true,
      handler() {
        const files = filesBelow(out).filter((file) => file !== "sw.js" && !/\.(br|gz|map)$/.test(file));
        const hash = createHash("sha256");
        for (const file of files) hash.update(file).update(readFileSync(join(out, file)));
        const version = hash.digest("hex").slice(0, 12);
        const paths = files.map((file) => (file === "index.html" ? "/" : `/${file}`));
        const worker = join(out, "sw.js");
        const text = readFileSync(worker, "utf8");
        const filled = text.replace("__VERSION__", version).replace(/(["'`])__SHELL__\1/, JSON.stringify(paths));
        if (filled === text || filled.includes("__SHELL__")) throw new Error("sw.js has no place for the shell");
        writeFileSync(worker, filled);
      },
    },
  };
}
