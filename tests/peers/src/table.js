// The report as Markdown.
import { STEPS } from "./steps.js";

const number = (n) => Math.round(n).toLocaleString("en");
const seconds = (n) => (n < 10 ? n.toFixed(1) : number(n));
const row = (cells) => `| ${cells.join(" | ")} |\n`;

/** @param {object} report what run.js writes; `order` the names of the peers as they are to stand there */
export function table(report, order) {
  const names = order.filter((name) => report.peers[name]);
  const wired = names.filter((name) => report.peers[name].wire);
  const taken = names.filter((name) => report.peers[name].ingest);
  let text = `Node ${report.machine.node}, ${report.machine.cores} cores (${report.machine.cpu}); 4 KiB are on the disk after ` +
    `${report.machine.fsync_ms.toFixed(1)} ms; load ${report.machine.load.toFixed(1)}; ` +
    `${report.machine.at}.\n\n`;
  if (wired.length > 0) {
    text += "Bytes both ways / round trips / seconds over a link of 600 ms RTT and 64 kbit/s (* computed from the recorded exchange):\n\n";
    text += row(["", ...wired.map((name) => report.peers[name].title)]) + row(["---", ...wired.map(() => "---:")]);
    for (const step of STEPS) {
      text += row([step, ...wired.map((name) => {
        const f = report.peers[name].wire[step];
        return f ? `${number(f.bytes)} / ${f.round_trips} / ${seconds(f.link_seconds)}${f.link_awaited ? "" : "*"}` : "–";
      })]);
    }
  }
  if (taken.length > 0) {
    text += "\nIngest: records a second from 1 and from 20 clients of 500 records each, CPU seconds of the server's process per 1,000:\n\n";
    text += row(["", "1 client", "CPU s", "20 clients", "CPU s"]) + row(["---", "---:", "---:", "---:", "---:"]);
    for (const name of taken) {
      const cells = ["1", "20"].flatMap((clients) => {
        const f = report.peers[name].ingest[clients];
        if (!f) return ["–", "–"];
        const all = f.records === f.of ? "" : ` (${number(f.records)} of ${number(f.of)} arrived)`;
        return [`${number(f.per_second)}${all}`, f.cpu_seconds_per_1000.toFixed(3)];
      });
      text += row([report.peers[name].title, ...cells]);
    }
  }
  text += "\n";
  for (const name of names) {
    const { title, says, packages } = report.peers[name];
    text += `- **${title}**: ${says} ${packages.join(", ")}.\n`;
  }
  return text;
}
