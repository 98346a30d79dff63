/** What the app remembers outside the store: small conveniences, and a mark by which a cleared store is noticed. */

import type { Person } from "@cairn/client";

const PEOPLE = "cairn.people";
const CHOSEN = "cairn.chosen";
const DEVICE = "cairn.device";

function read<T>(key: string, fallback: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as T | null) ?? fallback;
  } catch {
    return fallback;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without it the app works as well.
  }
}

/** The names of those who were enrolled here when the app last ran. */
export function people(): string[] {
  return read<string[]>(PEOPLE, []);
}

export function setPeople(list: Person[]): void {
  write(PEOPLE, list.map(({ name }) => name));
}

/** Whose logbook was open last. */
export function chosen(): string {
  return read(CHOSEN, "");
}

export function setChosen(person: string): void {
  write(CHOSEN, person);
}

export function deviceName(): string {
  return read(DEVICE, "");
}

export function setDeviceName(name: string): void {
  write(DEVICE, name);
}

/** How often a person has used each form here. */
export function uses(person: string): Record<string, number> {
  return read<Record<string, number>>(`cairn.uses.${person}`, {});
}

export function setUses(person: string, counts: Record<string, number>): void {
  write(`cairn.uses.${person}`, counts);
}

/** The person has used a form once more. */
export function used(person: string, form: string): void {
  const counts = uses(person);
  setUses(person, { ...counts, [form]: (counts[form] ?? 0) + 1 });
}

/** The org unit that a person logged for last. */
export function unit(person: string): string | null {
  return read<string | null>(`cairn.unit.${person}`, null);
}

export function setUnit(person: string, code: string): void {
  write(`cairn.unit.${person}`, code);
}
