/** Enrolment codes as people type and cameras read them. What a code is worth is the server's to say. */

const CHARACTERS = 10;
const GROUP = 5;

/** What was typed, in capitals and in groups: `7Q2MX-0KD4T`. */
export function grouped(typed: string): string {
  const plain = typed.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, CHARACTERS);
  return plain.length > GROUP ? `${plain.slice(0, GROUP)}-${plain.slice(GROUP)}` : plain;
}

export function isWhole(code: string): boolean {
  return code.replace("-", "").length === CHARACTERS;
}

/** The code in what a camera has read: an address with `#enrol=…`, or the code itself; null for any other text. */
export function codeIn(text: string): string | null {
  const found = /#enrol=([0-9A-Za-z-]+)/.exec(text)?.[1] ?? (/^[0-9A-Za-z]{5}-?[0-9A-Za-z]{5}$/.test(text.trim()) ? text : null);
  const code = found === null ? "" : grouped(found);
  return isWhole(code) ? code : null;
}
