/** An office with the console: a server, people at desks, and phones. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { inflateSync } from "node:zlib";
import decodeQR from "qr/decode.js";
import { launch } from "./browser.js";
import { Front } from "./front.js";
import { Phone } from "./phone.js";
import { Server } from "./server.js";

const DESK = { viewport: { width: 1280, height: 720 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce" };
export const TABLET = { viewport: { width: 768, height: 1024 } };
export const PASSWORD = "qiyue-shan-2021";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };
/** The policy under which the server gives out the console. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export class Office {
  server = new Server();
  front;
  browser;

  /** With the county of the tests and an administrator of all of it, or with nothing at all. */
  static async begin({ empty = false } = {}) {
    const office = new Office();
    await office.server.start();
    if (!empty) await office.server.county();
    office.front = new Front(office.server.url);
    office.front.before = builtConsole(process.env.CAIRN_CONSOLE_DIST);
    await office.front.open();
    office.browser = await launch();
    if (!empty) await office.administrator("boss", "管理员");
    return office;
  }

  /** An administrator with a password, which is set as people set it: with a code for once. */
  async administrator(username, name, unit = "changdu") {
    await this.server.user(username, name, "administrator", unit);
    const { code } = JSON.parse(await this.server.admin("password", username, "--json"));
    const answer = await fetch(`${this.server.url}/api/v1/password`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code, password: PASSWORD }),
    });
    assert.ok(answer.ok, await answer.text());
  }

  /** A desk at whose door nobody has logged in. */
  async desk(hash = "", options = {}) {
    const desk = new Desk(await this.browser.newContext({ ...DESK, ...options }), this.front.url);
    await desk.open(hash);
    return desk;
  }

  async deskOf(username, options = {}) {
    const desk = await this.desk("", options);
    await desk.logIn(username);
    return desk;
  }

  /** A phone with nothing on it. */
  phone(options = {}) {
    return Phone.new(this.browser, this.front.url, options);
  }

  async end() {
    await this.browser?.close();
    await this.front?.cut();
    await this.server.end();
  }
}

export class Desk {
  context;
  page;
  url;
  /** What went wrong in the page, or against its policy. */
  errors = [];

  constructor(context, url) {
    this.context = context;
    this.url = url;
  }

  async open(hash = "") {
    this.page = await this.context.newPage();
    this.page.on("pageerror", (error) => this.errors.push(error.message));
    this.page.on("console", (message) => {
      // An answer that says no is told to people by the page itself.
      if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text())) this.errors.push(message.text());
    });
    await this.page.goto(`${this.url}/console/${hash}`);
  }

  async logIn(username, password = PASSWORD) {
    await this.page.locator("input[name=username]").fill(username);
    await this.page.locator("input[name=password]").fill(password);
    await this.page.locator("form button.main").click();
    await this.page.locator("nav a").first().waitFor();
  }

  async go(hash) {
    await this.page.evaluate((to) => (location.hash = to), hash);
    await this.page.locator("main h1").waitFor();
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The dialog that is open. */
  get sheet() {
    return this.page.locator("dialog[open]");
  }

  /** Presses *yes* in the dialog that is open, and waits for its end. */
  async yes() {
    await this.sheet.locator("button[type=submit], button:not([type])").click();
    await this.sheet.waitFor({ state: "hidden" });
  }

  /** What the API says to whoever is logged in here. */
  async api(path, body, method = body === undefined ? "GET" : "POST") {
    const { status, text } = await this.page.evaluate(
      async ([url, how, what]) => {
        const answer = await fetch(url, { method: how, ...(what === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(what) }) });
        return { status: answer.status, text: await answer.text() };
      },
      [`/api/v1/${path}`, method, body],
    );
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  async end() {
    await this.context.close();
  }
}

/** While one works on the console: its built files from a folder instead of those that the server has taken in. */
function builtConsole(dist) {
  if (!dist) return null;
  return (request, response) => {
    const path = new URL(request.url, "http://front").pathname;
    const name = path === "/console" || path === "/console/" ? "index.html" : path.startsWith("/console/") ? path.slice("/console/".length) : "..";
    const file = join(dist, name);
    if (name.includes("..") || !existsSync(file)) return false;
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": POLICY });
    response.end(readFileSync(file));
    return true;
  };
}

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
