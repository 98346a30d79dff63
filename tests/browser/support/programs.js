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
  const found = [`${target}/release/${name}`, `${target}/debug/${name}`].filter(existsSync);
  const wanted = process.env.CAIRN_PROFILE ? found.filter((path) => path.includes(`/${process.env.CAIRN_PROFILE}/`)) : found;
  if (wanted.length === 0) throw new Error(`${name} is not built: cargo build --package ${name === "cairn" ? "cairn-cli" : name}`);
  return wanted[0];
}

const exec = promisify(execFile);

/** Runs a program to its end, and gives back what it printed. */
export async function run(name, args, options = {}) {
  const { stdout } = await exec(program(name), args, { maxBuffer: 1 << 28, ...options });
  return stdout;
}
