/** Where in the app one is: the part of the address behind `#`, so that one document serves all places. */

export type Place =
  | { at: "log" }
  | { at: "fill"; form: string; draft: string }
  | { at: "records" }
  | { at: "record"; id: string }
  | { at: "edit"; id: string }
  | { at: "me" }
  | { at: "enrol"; code: string };

/** Reads the address. What means nothing is the place to log. */
export function placeOf(hash: string): Place {
  // The code's own form, which any camera app opens.
  const code = /^#enrol=([\w-]*)/.exec(hash)?.[1];
  if (code !== undefined) return { at: "enrol", code };
  const [first = "", second, third] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (first === "log" && second && third) return { at: "fill", form: second, draft: third };
  if (first === "records" && second) return { at: third === "edit" ? "edit" : "record", id: second };
  if (first === "records") return { at: "records" };
  if (first === "me") return { at: "me" };
  if (first === "enrol") return { at: "enrol", code: "" };
  return { at: "log" };
}

export function hashOf(place: Place): string {
  switch (place.at) {
    case "fill":
      return `#/log/${encodeURIComponent(place.form)}/${place.draft}`;
    case "record":
      return `#/records/${place.id}`;
    case "edit":
      return `#/records/${place.id}/edit`;
    default:
      return `#/${place.at}`;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

class Router {
  #place = $state.raw<Place>(placeOf(location.hash));

  constructor() {
    addEventListener("hashchange", () => (this.#place = placeOf(location.hash)));
  }

  get place(): Place {
    return this.#place;
  }

  go(place: Place): void {
    location.hash = hashOf(place);
  }

  /** Goes there in place of where one is: *back* does not return here. */
  swap(place: Place): void {
    history.replaceState(null, "", hashOf(place));
    this.#place = place;
  }
}

export const router = new Router();
