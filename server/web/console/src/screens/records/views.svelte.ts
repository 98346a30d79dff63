/** Which columns somebody wants, and the lists they have given a name: kept in this browser, for each person their own. */

import { session } from "../../app/session.svelte.ts";
import { filterOf, type Filter } from "./filters.ts";

export const COLUMNS = ["form", "unit", "worker", "status", "marks", "values", "comments", "changes", "created"] as const;
export type Column = (typeof COLUMNS)[number];
const AT_FIRST: Column[] = ["form", "unit", "worker", "status", "marks", "values"];

export interface View {
  name: string;
  filter: Filter;
  columns: Column[];
}

/** As many as fit above a table. */
export const VIEWS_MAX = 20;

const keyOf = (what: string): string => `cairn.console.${what}.${session.user?.username ?? ""}`;

function stored(what: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(keyOf(what)) ?? "null");
  } catch {
    // What somebody else wrote there is nothing that was kept.
    return null;
  }
}

function columnsOf(value: unknown): Column[] {
  return Array.isArray(value) ? COLUMNS.filter((column) => value.includes(column)) : AT_FIRST;
}

function viewOf(value: unknown): View[] {
  const { name, filter, columns } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof filter !== "object" || filter === null) return [];
  const texts = Object.fromEntries(Object.entries(filter).filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  return [{ name, filter: filterOf(texts), columns: columnsOf(columns) }];
}

export class Views {
  #columns = $state.raw<Column[]>(columnsOf(stored("columns")));
  #views = $state.raw<View[]>(((found) => (Array.isArray(found) ? found.flatMap(viewOf) : []))(stored("views")));

  get columns(): Column[] {
    return this.#columns;
  }

  set columns(columns: Column[]) {
    this.#columns = COLUMNS.filter((column) => columns.includes(column));
    localStorage.setItem(keyOf("columns"), JSON.stringify(this.#columns));
  }

  get all(): View[] {
    return this.#views;
  }

  /** Keeps a view; one of the same name is replaced. */
  keep(view: View): void {
    this.#put([...this.#views.filter(({ name }) => name !== view.name), view].slice(-VIEWS_MAX));
  }

  drop(name: string): void {
    this.#put(this.#views.filter((view) => view.name !== name));
  }

  #put(views: View[]): void {
    this.#views = views;
    localStorage.setItem(keyOf("views"), JSON.stringify(views));
  }
}
