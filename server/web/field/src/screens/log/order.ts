/** In which order the forms are shown: those that the person uses most first. */

import type { Form, UnitInfo } from "@cairn/client";
import * as memory from "../../app/memory.ts";
import { session } from "../../app/session.svelte.ts";

/** The forms in the order last counted; those never used behind, the ones of the person's kind of facility before others. */
export function inOrder(forms: Form[], person: string, units: UnitInfo[]): Form[] {
  const order = memory.order(person);
  const kinds = new Set(units.filter(({ roles }) => roles.recorder || roles.reviewer || roles.administrator).map(({ kind }) => kind as string));
  const rank = ({ id }: Form): number => {
    const used = order.indexOf(id);
    if (used >= 0) return used;
    // Names such as `clinic.outreach` begin with the kind of facility they were made for.
    return 1000 + (kinds.has(id.split(".")[0] ?? "") ? 0 : 1);
  };
  return forms.map((form, at) => ({ form, at })).sort((a, b) => rank(a.form) - rank(b.form) || a.at - b.at).map(({ form }) => form);
}

/** Counts anew, for the next time: what moves while one looks at it is hit wrongly. */
export async function countUse(): Promise<void> {
  const { replica, forms, status, person } = session;
  if (!status || !person) return;
  const counts = await Promise.all(forms.map(async ({ id }) => ({ id, used: await replica.count({ form: id, worker: status.user }) })));
  const used = counts.filter((form) => form.used > 0).sort((a, b) => b.used - a.used);
  memory.setOrder(person.id, used.map(({ id }) => id));
}
