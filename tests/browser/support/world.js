/** A county to test in: a server, what stands before it, and phones. */

import { launch } from "./browser.js";
import { Front } from "./front.js";
import { Phone } from "./phone.js";
import { Server } from "./server.js";

export class World {
  server = new Server();
  front;
  #browser = null;
  #phones = [];

  /** The county of the tests, with a server that answers. `flags` tells the browser's, once the world is there. */
  static async begin(flags = async () => []) {
    const world = new World();
    await world.server.start();
    await world.server.county();
    // The server's own files, unless those of a build that it has not taken in are to be tried.
    world.front = new Front(world.server.url, process.env.CAIRN_FIELD_DIST ?? null);
    await world.front.open();
    world.#browser = await launch(...(await flags(world)));
    return world;
  }

  /** The browser, for what is no phone. */
  get browser() {
    return this.#browser;
  }

  /** A phone with nothing on it. */
  async phone(options = {}) {
    const phone = await Phone.new(this.#browser, this.front.url, options);
    this.#phones.push(phone);
    return phone;
  }

  /** A phone on which somebody is enrolled, and the forms have arrived. */
  async phoneOf(username, options = {}) {
    const phone = await this.phone(options);
    await phone.enrol(await this.server.code(username));
    return phone;
  }

  /** The server's totals of the county, as a program reads them. */
  async totals(from = "2000-01-01", to = "2199-12-31") {
    this.token ??= JSON.parse(await this.server.admin("token", await this.#overseer(), "--json")).token;
    const url = `${this.server.url}/api/v1/summary?unit=changdu&from=${from}&to=${to}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${this.token}` } });
    if (!answer.ok) throw new Error(`the totals: ${answer.status} ${await answer.text()}`);
    const { rows } = await answer.json();
    return rows[0] ?? { records: 0, measures: {} };
  }

  async #overseer() {
    await this.server.user("overseer", "督导", "observer", "changdu");
    return "overseer";
  }

  async end() {
    await Promise.all(this.#phones.map((phone) => phone.end()));
    await this.#browser?.close();
    await this.front?.cut();
    await this.server.end();
  }
}
