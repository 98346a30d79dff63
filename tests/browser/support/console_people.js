/** What administrators do at a desk, for the tests of people, units, forms and the system. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { inflateSync } from "node:zlib";
import decodeQR from "qr/decode.js";
import { DESK, Desk, serveBuilt } from "./console.js";
import { asRead, HOSTILE } from "./hostile.js";

/** Somebody who administers from a desk. */
export class Office extends Desk {
  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The dialog that is open. */
  get sheet() {
    return this.page.locator("dialog[open]");
  }

  /** Presses *yes* in the dialog that is open, and waits for its end. */
  async yes() {
    await this.sheet.locator("button:not([type=button])").click();
    await this.sheet.waitFor({ state: "hidden" });
  }
}

/** A desk at whose door nobody has logged in yet. */
export async function deskAt(world, hash = "", options = {}) {
  serveBuilt(world.front);
  const desk = new Office(await world.browser.newContext({ ...DESK, ...options }), world.front.url);
  await desk.open(hash);
  return desk;
}

/** Somebody of the staff at a desk, logged in. */
export async function officeOf(world, username, options = {}) {
  const desk = await deskAt(world, "", options);
  await desk.logIn(username);
  return desk;
}

/** What the API takes for names: one line, and something to see. */
export const NAMES = HOSTILE.filter((text) => !/\p{Cc}/u.test(text) && asRead(text) !== "").filter((_, n) => n % 8 === 0).slice(0, 30);
assert.equal(NAMES.length, 30);

/** What a phone's camera reads from a QR code on a page. */
export async function scanned(locator) {
  return decodeQR(pixels(await locator.screenshot()));
}

/** The pixels of a PNG as browsers make them: eight bits, RGB or RGBA, not interlaced. */
function pixels(png) {
  let at = 8;
  let header = null;
  const parts = [];
  while (at < png.length) {
    const size = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + size);
    if (kind === "IHDR") header = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), bytes: body[9] === 6 ? 4 : 3 };
    if (kind === "IDAT") parts.push(body);
    at += size + 12;
  }
  const { width, height, bytes } = header;
  const raw = inflateSync(Buffer.concat(parts));
  const line = width * bytes;
  const out = new Uint8ClampedArray(width * height * 4);
  const rows = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x += 1) {
      const left = x >= bytes ? rows[y * line + x - bytes] : 0;
      const above = y > 0 ? rows[(y - 1) * line + x] : 0;
      const corner = x >= bytes && y > 0 ? rows[(y - 1) * line + x - bytes] : 0;
      const guess = [0, left, above, (left + above) >> 1, nearest(left, above, corner)][filter];
      rows[y * line + x] = (raw[y * (line + 1) + 1 + x] + guess) & 255;
    }
    for (let x = 0; x < width; x += 1) {
      for (let c = 0; c < 3; c += 1) out[(y * width + x) * 4 + c] = rows[y * line + x * bytes + c];
      out[(y * width + x) * 4 + 3] = 255;
    }
  }
  return { width, height, data: out };
}

function nearest(left, above, corner) {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The six digits that an authenticator shows for a secret; `later` steps of thirty seconds from now. */
export function digits(secret, later = 0) {
  let bits = "";
  for (const letter of secret.replace(/\s/g, "")) bits += BASE32.indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
