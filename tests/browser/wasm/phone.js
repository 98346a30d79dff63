/** Devices in a browser, and the server that they know, at an address that is the same wherever and whenever they run. */

import { FOLDERS, Worker, launch } from "./browser.js";
import { dump, restore } from "./databases.js";
import { Server } from "./server.js";
import { serve } from "./site.js";

/** A store of a browser belongs to an origin, and each of its people to the address of a server: this one is nobody's. */
const ORIGIN = "http://cairn.test";

/** A server, and a browser that finds it at that address. */
export class World {
  #site;
  #browser;

  /** On a copy of `store`, the bytes of a server's store. */
  static async on(store) {
    const world = new World();
    try {
      world.server = await Server.on(store);
      world.#site = await serve(FOLDERS, world.server.url);
      const found = `MAP ${new URL(ORIGIN).hostname} ${new URL(world.#site.url).host}`;
      world.#browser = await launch("--no-proxy-server", `--host-resolver-rules=${found}`);
    } catch (error) {
      await world.end();
      throw error;
    }
    return world;
  }

  /** A device with nothing on it, or with these databases. */
  async phone(databases = []) {
    const context = await this.#browser.newContext();
    const worker = await Worker.open(context, { url: ORIGIN });
    await worker.run(restore, databases);
    return new Phone(this, context, worker);
  }

  async end() {
    await this.#browser?.close();
    await this.#site?.stop();
    await this.server?.stop();
  }
}

/** A device. */
class Phone {
  #world;
  #context;
  #worker;

  constructor(world, context, worker) {
    this.#world = world;
    this.#context = context;
    this.#worker = worker;
  }

  /** All that the browser keeps. */
  databases() {
    return this.#worker.run(dump);
  }

  /** Opens the device and the replica of everybody on it. Gives the people. */
  open() {
    return this.#worker.run(async ({ cairn, kept }) => {
      kept.device = await cairn.Device.open();
      const people = await kept.device.people();
      kept.replicas = {};
      for (const { id, user } of people) kept.replicas[user] = await kept.device.replica(id);
      return people;
    });
  }

  /** Enrols a user. The device must be open. */
  async enrol(user) {
    const given = { url: ORIGIN, code: await this.#world.server.code(user), name: `${user} · browser` };
    await this.#worker.run(async ({ kept: { device, replicas } }, { url, code, name }) => {
      const person = await device.enrol(url, code, name);
      replicas[person.user] = await device.replica(person.id);
    }, given);
  }

  offline() {
    return this.#context.setOffline(true);
  }

  /** What an operation of a user's replica gives. */
  does(user, operation, ...words) {
    return this.#worker.run(
      ({ kept: { replicas } }, { user, operation, words }) => replicas[user][operation](...words),
      { user, operation, words },
    );
  }

  /** What the screens of a user show. */
  shows(user) {
    return this.#worker.run(async ({ kept: { replicas } }, user) => {
      const replica = replicas[user];
      const records = [];
      for (const listed of await replica.list({})) {
        records.push({ listed, shown: await replica.show(listed.id), history: await replica.history(listed.id) });
      }
      const status = await replica.status();
      // Before the first sync there are no forms, and what they are needed for is refused.
      if (status.last_sync_ms === null) return { status, records };
      return { status, records, drafts: await replica.drafts(), totals: await replica.totals({}) };
    }, user);
  }

  /** What a user may write about, and where. */
  knows(user) {
    return this.#worker.run(
      async ({ kept: { replicas } }, user) => ({ forms: await replicas[user].forms(), units: await replicas[user].units() }),
      user,
    );
  }
}
