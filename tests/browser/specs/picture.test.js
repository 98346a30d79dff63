/** The README's picture is of the app as it is: it can be made, and the one that is kept is of its kind. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { furnished } from "../support/look.js";
import { picture } from "../support/picture.js";

const KEPT = new URL("../../../server/docs/logbook.png", import.meta.url);

let furniture;
before(async () => (furniture = await furnished()));
after(() => furniture?.world.end());

/** Width and height of a PNG. */
function size(png) {
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

test("the picture can be made, and one is kept", async () => {
  const made = await picture(furniture);
  assert.deepEqual(size(made), [1200, 760]);
  assert.deepEqual(size(readFileSync(KEPT)), size(made), "make screenshots writes it anew");
});
