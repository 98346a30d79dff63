/** Where in the console one is: the part of the address behind `#`, `#/records?unit=markam`. */

export type Query = Record<string, string>;

export interface Place {
  /** The parts of the path, decoded: `["records", "0b5e…"]`. */
  path: string[];
  query: Query;
}

export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { path: path.split("/").filter(Boolean).map(decoded), query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a place; what is empty in the query is left out. */
export function href(path: string[], query: Record<string, string | null | undefined> = {}): string {
  const kept = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const text = new URLSearchParams(kept).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

class Router {
  #place = $state.raw<Place>(placeOf(location.hash));

  constructor() {
    addEventListener("hashchange", () => (this.#place = placeOf(location.hash)));
  }

  get path(): string[] {
    return this.#place.path;
  }

  get query(): Query {
    return this.#place.query;
  }

  go(path: string[], query: Record<string, string | null | undefined> = {}): void {
    location.hash = href(path, query);
  }

  /** Changes parts of the query in place: *back* does not return to what it was. `null` takes a part out. */
  narrow(change: Record<string, string | null | undefined>): void {
    history.replaceState(null, "", href(this.path, { ...this.query, ...change }));
    this.#place = placeOf(location.hash);
  }
}

export const router = new Router();
