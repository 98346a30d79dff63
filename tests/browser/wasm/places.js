/** Where things are. */

import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

const built = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");

/** The folder of the compiled programs; `CAIRN_PROFILE` is `debug` unless it says otherwise. */
export const programs = path.join(built, process.env.CAIRN_PROFILE ?? "debug");

/** Chromium. */
export const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
