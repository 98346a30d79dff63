/** Definitions that somebody has begun to write: they survive a reload, in this browser. */

import type { DraftForm } from "./definition.ts";

const KEY = "cairn.console.form.";

export interface Kept {
  /** The version that it began with; 0 for a new form. */
  base: number;
  draft: DraftForm;
}

export function keptDraft(id: string): Kept | null {
  const text = localStorage.getItem(KEY + id);
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as Kept;
    return Array.isArray(kept.draft.fields) && Array.isArray(kept.draft.measures) ? kept : null;
  } catch (error) {
    console.error("a draft of a form cannot be read", error);
    return null;
  }
}

export function keepDraft(id: string, kept: Kept): void {
  localStorage.setItem(KEY + id, JSON.stringify(kept));
}

export function dropDraft(id: string): void {
  localStorage.removeItem(KEY + id);
}
