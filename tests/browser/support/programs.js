/** The programs of the project, as built; and how they are run. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = new URL("../../../", import.meta.url);

/** The built app. */
export const DIST = process.env.CAIRN_FIELD_DIST ?? fileURLToPath(new URL("server/web/dist/field", root));
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Where `cargo build` has put a program. */
export function program(name) {
  const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("target", root));
  // The one that tests build; benchmarks say `release`. Not whatever is there: that may be of an older state.
  const path = `${target}/${process.env.CAIRN_PROFILE ?? "debug"}/${name}`;
  if (!existsSync(path)) throw new Error(`${path} is not built: cargo build --package ${name === "cairn" ? "cairn-cli" : name}`);
  return path;
}

const exec = promisify(execFile);

/** Runs a program to its end, and gives back what it printed. */
export async function run(name, args, options = {}) {
  const { stdout } = await exec(program(name), args, { maxBuffer: 1 << 28, ...options });
  return stdout;
}
