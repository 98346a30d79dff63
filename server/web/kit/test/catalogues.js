/** Reads the word catalogues, `*.words.ts`, of a folder, and what uses them. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Every source below `folder`, with its path there. */
export function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ts|svelte)$/.test(name))
    .map((name) => ({ name: name.replaceAll("\\", "/"), text: readFileSync(join(folder, name), "utf8") }));
}

/** Every catalogue among the sources: its name, its text and its phrases. */
export async function cataloguesOf(sources) {
  const found = [];
  for (const { name, text } of sources.filter(({ name }) => name.endsWith(".words.ts"))) {
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
    const { words } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
    found.push({ name, text, words });
  }
  return found;
}

/** The text of everything that imports a catalogue, and the names under which it does. */
export function users(sources, catalogue) {
  const file = catalogue.split("/").pop();
  return sources.flatMap(({ name, text }) => {
    const found = new RegExp(`import \\{ words(?: as (\\w+))? \\} from "[^"]*/${file.replaceAll(".", "\\.")}"`).exec(text);
    return found && name !== catalogue ? [{ name, text, as: found[1] ?? "words" }] : [];
  });
}
