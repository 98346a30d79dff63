/** Which parts of the tree of units are open; kept while one goes from unit to unit. */

import { SvelteSet } from "svelte/reactivity";
import { catalog, type Unit } from "../../app/catalog.svelte.ts";

const closed = new SvelteSet<string>();
const opened = new SvelteSet<string>();
/** So many levels are open at first. */
const OPEN_LEVELS = 1;

export function depthOf(unit: Unit): number {
  return unit.path.split("/").filter(Boolean).length - 1;
}

export function isOpen(unit: Unit): boolean {
  return opened.has(unit.code) || (depthOf(unit) < OPEN_LEVELS && !closed.has(unit.code));
}

export function setOpen(unit: Unit, open: boolean): void {
  (open ? opened : closed).add(unit.code);
  (open ? closed : opened).delete(unit.code);
}

/** Opens all that lies above a unit. */
export function reveal(code: string): void {
  for (const unit of catalog.way(code)) if (unit.code !== code) setOpen(unit, true);
}

/** The units that are seen: those whose every unit above is open; or, with a text, those that have it in name or code, and what is above them. */
export function seen(text: string): Unit[] {
  if (text === "") {
    const hidden = catalog.units.filter((unit) => !isOpen(unit)).map(({ path }) => path);
    return catalog.units.filter(({ path }) => !hidden.some((above) => path !== above && path.startsWith(above)));
  }
  const wanted = text.toLocaleLowerCase();
  const found = catalog.units.filter(({ code, name }) => code.includes(wanted) || name.toLocaleLowerCase().includes(wanted));
  return catalog.units.filter(({ path }) => found.some((one) => one.path.startsWith(path)));
}
