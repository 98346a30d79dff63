/** Reads the word catalogues, `*.words.ts`, and what uses them. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

export const sources = readdirSync(SRC, { recursive: true })
  .filter((name) => /\.(ts|svelte)$/.test(name))
  .map((name) => ({ name: name.replaceAll("\\", "/"), text: readFileSync(join(SRC, name), "utf8") }));

/** Every catalogue: its name, its text and its phrases. */
export async function catalogues() {
  const found = [];
  for (const { name, text } of sources.filter(({ name }) => name.endsWith(".words.ts"))) {
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
    const { words } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
    found.push({ name, text, words });
  }
  return found;
}

/** The text of everything that imports a catalogue, and the names under which it does. */
export function users(catalogue) {
  const file = catalogue.split("/").pop();
  return sources.flatMap(({ name, text }) => {
    const found = new RegExp(`import \\{ words(?: as (\\w+))? \\} from "[^"]*${file.replaceAll(".", "\\.")}"`).exec(text);
    return found && name !== catalogue ? [{ name, text, as: found[1] ?? "words" }] : [];
  });
}
