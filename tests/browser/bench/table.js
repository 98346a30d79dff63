import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

/** The figures of one benchmark: told as they are found, and written where `CAIRN_REPORT` says, as those of `tests/benches` are. */
export class Table {
  #figures = [];
  #name;
  #title;

  constructor(name, title) {
    this.#name = name;
    this.#title = title;
  }

  /** Adds what was measured, ascending or once; the worst of it is to be below the target. */
  add(name, measured, target, unit) {
    const [median, worst] = [measured[Math.floor(measured.length / 2)], measured.at(-1)];
    const against = [{ name: "the most that it may be", value: target, ratio: median / target }];
    const isMet = worst < target;
    this.#figures.push({ name, unit, median, measured, against, isMet });
    const told = measured.length > 1 ? `median ${tell(median, unit)}, worst ${tell(worst, unit)}` : tell(median, unit);
    console.log(`${name.padEnd(84)} ${told}   target < ${target} ${unit}  ${isMet ? "met" : "NOT MET"}`);
  }

  /** Writes the report; whether all targets are met. */
  end() {
    const path = process.env.CAIRN_REPORT;
    if (path) {
      const commit = execFileSync("git", ["describe", "--always", "--dirty", "--exclude", "*"], { encoding: "utf8" }).trim();
      const report = { bench: this.#name, title: this.#title, commit, figures: this.#figures };
      writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
    }
    return this.#figures.every(({ isMet }) => isMet);
  }
}

function tell(value, unit) {
  return `${value.toFixed(unit === "s" ? 1 : 0).padStart(6)} ${unit}`;
}
