/** Writes every text and the WebAssembly once more as brotli and gzip, tells the sizes, and holds the budget of the first load. */

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { filesBelow } from "./files.ts";

const COMPRESSES = /\.(html|js|css|svg|json|webmanifest|wasm)$/;

/** `budget`: the bytes that a first load may take over the wire, compressed. */
export function precompressed(budget: number): Plugin {
  let out = "dist";
  return {
    name: "cairn-precompressed",
    apply: "build",
    configResolved: (config) => void (out = config.build.outDir),
    closeBundle: {
      order: "post",
      sequential: true,
      handler() {
        // A build for work on the app alone: made quickly, with a large engine.
        const isQuick = Boolean(process.env["CAIRN_NO_BUDGET"]);
        let brotli = 0;
        let gzip = 0;
        for (const file of filesBelow(out).filter((name) => !/\.(br|gz)$/.test(name))) {
          const path = join(out, file);
          if (!COMPRESSES.test(file)) {
            brotli += statSync(path).size;
            gzip += statSync(path).size;
            continue;
          }
          const bytes = readFileSync(path);
          const br = brotliCompressSync(bytes, {
            params: { [constants.BROTLI_PARAM_QUALITY]: isQuick ? 4 : 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
          });
          const gz = gzipSync(bytes, { level: 9 });
          writeFileSync(`${path}.br`, br);
          writeFileSync(`${path}.gz`, gz);
          brotli += br.length;
          gzip += gz.length;
          console.log(`  ${file.padEnd(44)} ${kB(bytes.length)}   br ${kB(br.length)}   gz ${kB(gz.length)}`);
        }
        console.log(`first load, everything: brotli ${kB(brotli)}, gzip ${kB(gzip)}; budget ${kB(budget)}`);
        if (brotli > budget && !isQuick) throw new Error(`the first load takes ${kB(brotli)}, more than ${kB(budget)}`);
      },
    },
  };
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
}
