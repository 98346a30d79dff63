// How fast a server takes records in: clients with 500 new records each, all at once, on loopback, without the proxy. Nobody is told
// of what the others send: that would measure how fast it is given out.
import { record } from "./records.js";
import { start } from "./steps.js";

const RECORDS = 500;
const GIVEN_UP_MS = Number(process.env.PEERS_GIVE_UP_S ?? 240) * 1_000;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Seconds, records and CPU seconds of the server's process, for `clients` at once. */
export async function ingest(peer, clients) {
  const server = await start(peer);
  try {
    const devices = [];
    for (let c = 0; c < clients; c += 1) {
      const device = await peer.device(server.port, server, c + 1);
      await device.settle?.();
      if (!peer.unmet) {
        device.begin();
        await device.done?.();
        await device.end();
      }
      for (let n = 0; n < RECORDS; n += 1) device.write(record(100_000 + c * RECORDS + n));
      await device.settle?.();
      devices.push(device);
    }
    await pause(500);
    const all = clients * RECORDS;
    const cpu = server.cpuSeconds();
    const begun = performance.now();
    devices.forEach((device) => device.begin());
    let there = 0;
    let asked_ms = 0;
    const acknowledged = Promise.all(devices.map((device) => device.done?.())).then(() => true);
    if (server.count) {
      // Where the client library promises nothing, the server itself is asked whether all is there.
      while (there < all && performance.now() - begun < GIVEN_UP_MS) {
        // Asking is not to cost the server more than a tenth of its time.
        await pause(Math.max(50, asked_ms * 10));
        const asking = performance.now();
        there = await server.count();
        asked_ms = performance.now() - asking;
      }
    }
    if (!server.count || (peer.acknowledges && there === all)) {
      await acknowledged;
      there = all;
    }
    acknowledged.catch(() => {});
    const seconds = (performance.now() - begun) / 1000;
    const figures = { clients, records: there, of: all, seconds, per_second: there / seconds, cpu_seconds: server.cpuSeconds() - cpu };
    await Promise.all(devices.map((device) => device.end()));
    return figures;
  } finally {
    await server.end();
  }
}
