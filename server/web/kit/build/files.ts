/** The files of a folder. */

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** Every file below `directory`, by its path there, in order. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}
