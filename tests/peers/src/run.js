// `node src/run.js [--wire|--ingest] [peer…]`: measures, prints a table, and writes target/peers.json and,
// for tests/BENCH.md, target/bench/peers.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { ingest } from "./ingest.js";
import { peers } from "./peers/index.js";
import { checkAgainstTheBenchmark } from "./records.js";
import { fsyncMs } from "./process.js";
import { tell } from "./steps.js";
import { table } from "./table.js";

const RUNS = Number(process.env.PEERS_RUNS ?? 3);
/** What would take longer over the slow link is computed from the recording instead of awaited. */
const AWAITED_S = Number(process.env.PEERS_AWAIT_S ?? 60);

const words = process.argv.slice(2);
const only = words.find((word) => word.startsWith("--"))?.slice(2);
const named = words.filter((word) => !word.startsWith("--"));
const unknown = named.filter((name) => !peers.some((peer) => peer.name === name));
if (unknown.length > 0) throw new Error(`no such peer: ${unknown}; there are: ${peers.map((peer) => peer.name).join(" ")}`);

const own = new URL("..", import.meta.url);
const versionOf = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, own), "utf8"));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const say = (line) => process.stderr.write(`${line}\n`);

async function wire(peer) {
  const far = await tell(peer, null, (figure, f) => say(`  ${figure}: ${JSON.stringify(f)}`));
  const awaited = new Map([...far].map(([figure, f]) => [figure, f.computed_seconds <= AWAITED_S]));
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) {
    runs.push(await tell(peer, awaited));
    say(`  over the slow link, ${run + 1} of ${RUNS}`);
  }
  return Object.fromEntries([...far].map(([figure, f]) => {
    const measured = runs.map((run) => run.get(figure)).filter((run) => run?.shaped).map((run) => run.seconds);
    return [figure, {
      bytes: f.bytes, bytes_up: f.up, bytes_down: f.down, requests: f.requests, connections: f.connections, round_trips: f.round_trips,
      link_seconds: measured.length > 0 ? median(measured) : f.computed_seconds, link_seconds_computed: f.computed_seconds,
      link_awaited: measured.length,
    }];
  }));
}

async function intake(peer) {
  const figures = {};
  for (const clients of [1, 20].filter((clients) => clients <= (peer.ingestClientsMax ?? 20))) {
    const runs = [];
    for (let run = 0; run < Math.max(RUNS, 1); run += 1) runs.push(await ingest(peer, clients));
    say(`  ${clients} clients: ${JSON.stringify(runs)}`);
    figures[clients] = {
      records: Math.min(...runs.map((run) => run.records)), of: runs[0].of, runs: runs.length,
      per_second: median(runs.map((run) => run.per_second)),
      cpu_seconds_per_1000: median(runs.map((run) => (run.cpu_seconds / run.records) * 1000)),
    };
  }
  return figures;
}

const checked = checkAgainstTheBenchmark();
say(`${checked} records are those of the benchmark`);
const target = new URL("../../../target/peers.json", import.meta.url);
const machine = {
  cpu: cpus()[0].model.trim(), cores: cpus().length, node: process.version, fsync_ms: fsyncMs(), load: loadavg()[0],
  at: new Date().toISOString(),
};
/** What stands in the file, so that peers can be measured one after another; empty at first. */
const reported = () => (existsSync(target) ? JSON.parse(readFileSync(target, "utf8")) : { peers: {} });
for (const peer of peers.filter((peer) => (named.length === 0 || named.includes(peer.name)) && (peer.there?.() ?? true))) {
  say(`${peer.name}`);
  const packages = peer.packages.map((name) => `${name} ${versionOf(name).version} (${versionOf(name).license})`);
  if (peer.version) packages.push(await peer.version());
  const measured = {
    title: peer.title, says: peer.says, packages,
    ...(only !== "ingest" && !peer.ingestOnly && { wire: await wire(peer) }),
    ...(only !== "wire" && { ingest: await intake(peer) }),
  };
  const report = { ...reported(), machine };
  report.peers[peer.name] = { ...report.peers[peer.name], ...measured };
  mkdirSync(new URL(".", target), { recursive: true });
  writeFileSync(target, `${JSON.stringify(report, null, 2)}\n`);
}
const text = table({ ...reported(), machine }, peers.map((peer) => peer.name));
mkdirSync(new URL("bench/", target), { recursive: true });
writeFileSync(new URL("bench/peers.md", target), `\n## peers: what others take for the same records\n\n${text}`);
process.stdout.write(text);
process.exit();
