/** Somebody at a desk with the console open: what they see, and what they do. */

import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** The screen of an office computer, and a tablet held upright. */
export const DESK = { viewport: { width: 1280, height: 720 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce" };
export const TABLET = { ...DESK, viewport: { width: 768, height: 1024 }, hasTouch: true };
export const PASSWORD = "qiyue-shan-2021";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };

/** A user with a password, which is set as people set it: with a one-time code. */
export async function staff(world, username, name, role = "administrator", unit = "changdu") {
  // A server that nobody administers yet lets nobody in but its first administrator.
  if (role !== "administrator" && !chiefs.has(world)) await staff(world, "chief", "主任");
  if (role === "administrator") chiefs.add(world);
  await world.server.user(username, name, role, unit);
  await setPassword(world.server, username);
}

export async function setPassword(server, username) {
  const { code } = JSON.parse(await server.admin("password", username, "--json"));
  await answered(await fetch(`${server.url}/api/v1/password`, posted({ code, password: PASSWORD })));
}

const chiefs = new WeakSet();

/** Somebody of the staff at a desk, logged in, with the console before them. */
export async function deskOf(world, username, options = {}) {
  serveBuilt(world.front);
  const desk = new Desk(await world.browser.newContext({ ...DESK, ...options }), world.front.url);
  await desk.logIn(username);
  return desk;
}

/** While one works on the console: the files of `CAIRN_CONSOLE_DIST` instead of those that the server has taken in. */
export function serveBuilt(front) {
  const dist = process.env.CAIRN_CONSOLE_DIST;
  if (!dist || front.before) return;
  front.before = (request, response) => {
    const path = new URL(request.url, front.url).pathname;
    if (!/^\/console(\/|$)/.test(path)) return false;
    const file = join(dist, path === "/console/" || path === "/console" ? "index.html" : path.slice("/console/".length));
    if (file.includes("..") || !existsSync(file)) return false;
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": POLICY });
    response.end(readFileSync(file));
    return true;
  };
}

/** The policy under which the server gives out the console. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
    return this.page;
  }

  /** Logs in at the door, as people do. */
  async logIn(username, password = PASSWORD) {
    if (!this.page) await this.open();
    await this.page.locator("input[name=username]").fill(username);
    await this.page.locator("input[name=password]").fill(password);
    await this.page.locator("form button.main").click();
    await this.page.locator("nav").first().waitFor();
  }

  /** Goes to a place: `#/records?unit=markam`. */
  async go(hash) {
    await this.page.evaluate((to) => (location.hash = to), hash);
    await this.page.locator("main h1").waitFor();
  }

  /** What the API says to whoever is logged in here. */
  async api(path, body, method = body === undefined ? "GET" : "POST") {
    return this.page.evaluate(
      async ([url, how, what]) => {
        const answer = await fetch(url, { method: how, ...(what === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(what) }) });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${how} ${url}: ${answer.status} ${text}`);
        return text === "" ? null : JSON.parse(text);
      },
      [`/api/v1/${path}`, method, body],
    );
  }

  async end() {
    await this.context.close();
  }
}

function posted(body) {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function answered(answer) {
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
  return answer;
}
