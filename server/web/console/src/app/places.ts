/** The console's places, and for whom each is. */

import type { words } from "../parts/Side.words.ts";
import { session, type Role } from "./session.svelte.ts";

export interface At {
  at: keyof typeof words;
  forWhom: () => boolean;
}

const anyRole: Role[] = ["observer", "recorder", "reviewer", "administrator"];
const reviewers: Role[] = ["reviewer", "administrator"];
const administrators: Role[] = ["administrator"];

export const places: At[] = [
  { at: "overview", forWhom: () => session.may(anyRole) },
  { at: "records", forWhom: () => session.may(anyRole) },
  { at: "queues", forWhom: () => session.may(reviewers) },
  { at: "briefing", forWhom: () => session.may(anyRole) },
  { at: "people", forWhom: () => session.may(administrators) },
  { at: "devices", forWhom: () => session.may(administrators) },
  { at: "units", forWhom: () => true },
  { at: "forms", forWhom: () => true },
  { at: "audit", forWhom: () => session.may(administrators) },
  { at: "system", forWhom: () => session.runsAll },
  { at: "me", forWhom: () => true },
];
