/** The comparison of what is kept with what is said today: a build may say more, never something else. */

import assert from "node:assert/strict";

/** How much goes into a request: each version chooses where it begins. */
const CHOSEN = ["push_budget_bytes", "pull_budget_bytes"];

/**
 * Asserts that `found` says all that `expected` says, and nothing else in its place, but for what each version chooses; keys that are
 * new are no matter.
 */
export function contains(found, expected, place) {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(found), `${place} is no list: ${JSON.stringify(found)}`);
    assert.equal(found.length, expected.length, `${place} has ${found.length} items for ${expected.length}: ${JSON.stringify(found)}`);
    expected.forEach((value, at) => contains(found[at], value, `${place}[${at}]`));
  } else if (typeof expected === "object" && expected !== null) {
    for (const [key, value] of Object.entries(expected).filter(([key]) => !CHOSEN.includes(key))) {
      assert.ok(Object.hasOwn(Object(found), key), `${place}: ${key} is gone`);
      contains(found[key], value, `${place}.${key}`);
    }
  } else {
    assert.equal(found, expected, `${place} is ${JSON.stringify(found)} for ${JSON.stringify(expected)}`);
  }
}
