/** In which order the forms are shown: those that the person uses most first. */

import type { Form, UnitInfo } from "@cairn/client";
import * as memory from "../../app/memory.ts";
import { session } from "../../app/session.svelte.ts";

/** So many of the newest records tell what a person uses. */
const LOOKED_AT = 200;

/** The most used first; those never used behind, the ones of the person's kind of facility before others. */
export function inOrder(forms: Form[], person: string, units: UnitInfo[]): Form[] {
  const uses = memory.uses(person);
  const kinds = new Set(units.filter(({ roles }) => roles.recorder || roles.reviewer || roles.administrator).map(({ kind }) => kind as string));
  // Names such as `clinic.outreach` begin with the kind of facility they were made for.
  const own = ({ id }: Form): number => (kinds.has(id.split(".")[0] ?? "") ? 1 : 0);
  const use = ({ id }: Form): number => uses[id] ?? 0;
  return [...forms].sort((a, b) => use(b) - use(a) || own(b) - own(a));
}

/**
 * On a phone that does not know yet what its person uses, looks at their newest records. The order is another the next time: what moves
 * while one looks at it is hit wrongly.
 */
export async function learnUses(): Promise<void> {
  const { replica, status, person } = session;
  if (!status || !person || Object.keys(memory.uses(person.id)).length > 0) return;
  const counts: Record<string, number> = {};
  for (const { form } of await replica.list({ worker: status.user, limit: LOOKED_AT })) counts[form] = (counts[form] ?? 0) + 1;
  memory.setUses(person.id, counts);
}
