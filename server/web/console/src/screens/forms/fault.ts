/** Where in a definition the server found something wrong: its detail begins with the place. */

export interface FaultPlace {
  /** `title`, `form`, `field` or `measure`. */
  kind: string;
  /** The key; inside a group `group/key`; a measure's id. */
  name: string;
  option: string;
}

const PLACE = /^(?:not a form definition: )?(title|form|field|measure)(?: `([^`]*)`)?(?:, option `([^`]*)`)?: /;

export function placeOfFault(detail: string): FaultPlace | null {
  const found = PLACE.exec(detail);
  return found ? { kind: found[1] ?? "", name: found[2] ?? "", option: found[3] ?? "" } : null;
}
