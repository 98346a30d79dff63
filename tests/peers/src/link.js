// A TCP proxy that counts, and that can be as far away and as narrow as a mobile link in the mountains.
import net from "node:net";
import { DOWN, UP } from "./exchange.js";

/** Bytes that travel as one. */
const PACKET_BYTES = 1_400;
/** Bytes that may wait on one side before it is not read from any more, as a socket's own buffer would have it. */
const WAITING_BYTES_MAX = 64 * 1024;
/** How a request begins on an HTTP/1.1 connection. */
const REQUEST = /(?:GET|PUT|POST|DELETE|HEAD|OPTIONS) [^ \r\n]+ HTTP\/1\.1\r\n/g;

export class Link {
  /** @param {number} to the server's port */
  constructor(to) {
    this.to = to;
    this.be({ rtt_ms: 0, bytes_per_s: Infinity });
    this.reset();
    this.server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#carry(client));
  }

  async open() {
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.port = this.server.address().port;
    return this;
  }

  close() {
    this.server.close();
  }

  /** From now on, the link is so long and so wide. */
  be({ rtt_ms, bytes_per_s }) {
    this.rtt_ms = rtt_ms;
    this.bytes_per_s = bytes_per_s;
    this.free = { [UP]: 0, [DOWN]: 0 };
  }

  /** Forgets what was counted. */
  reset() {
    this.events = [];
    this.requests = 0;
    this.connections = 0;
    this.begun = performance.now();
    this.last = this.begun;
    this.inFlight = 0;
  }

  /** Whether something was on the link, and nothing for so long. */
  silent(ms) {
    return this.events.length > 0 && this.inFlight === 0 && performance.now() - this.last >= ms;
  }

  #note(way, at, bytes) {
    this.events.push({ at_ms: at - this.begun, way, bytes });
    this.last = Math.max(this.last, performance.now());
  }

  #carry(client) {
    this.connections += 1;
    this.last = performance.now();
    const server = net.connect({ port: this.to, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    // A connection takes one round trip before anything can be sent on it.
    const from = performance.now() + this.rtt_ms;
    this.#pipe(client, server, UP, from);
    this.#pipe(server, client, DOWN, from);
  }

  #pipe(from, to, way, usable) {
    const queue = [];
    let waiting = 0;
    let timer = null;
    let over = false;
    const deliver = ({ packet }) => {
      this.inFlight -= 1;
      waiting -= packet.length;
      if (way === DOWN) this.#note(DOWN, performance.now(), packet.length);
      this.last = performance.now();
      if (!to.destroyed && to.writable) to.write(packet);
      if (waiting < WAITING_BYTES_MAX) from.resume();
    };
    // One timer for the first in the queue, so that nothing overtakes.
    const pump = () => {
      timer = null;
      while (queue.length > 0 && queue[0].arrives <= performance.now() + 0.5) deliver(queue.shift());
      if (queue.length > 0) timer ??= setTimeout(pump, Math.max(1, queue[0].arrives - performance.now()));
      else if (over) to.end();
    };
    from.on("data", (chunk) => {
      if (way === UP) this.requests += (chunk.toString("latin1").match(REQUEST) ?? []).length;
      for (let at = 0; at < chunk.length; at += PACKET_BYTES) {
        const packet = chunk.subarray(at, at + PACKET_BYTES);
        const now = Math.max(performance.now(), way === UP ? usable : 0);
        this.free[way] = Math.max(this.free[way], now) + (packet.length / this.bytes_per_s) * 1000;
        queue.push({ packet, arrives: this.free[way] + this.rtt_ms / 2 });
        if (way === UP) this.#note(UP, now, packet.length);
        waiting += packet.length;
        this.inFlight += 1;
      }
      if (waiting >= WAITING_BYTES_MAX) from.pause();
      if (timer === null) pump();
    });
    const end = () => {
      over = true;
      if (timer === null) pump();
    };
    from.on("end", end);
    from.on("close", end);
    from.on("error", () => to.destroy());
  }
}
