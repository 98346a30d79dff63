// The records of Cairn's wire benchmark (tests/benches/wire_bytes.rs), drawn from the same stock with the same numbers.
import { readFileSync } from "node:fs";

const PLACES = ["嘎托镇卫生院", "如美镇", "曲孜卡乡", "木许乡达海龙村", "洛尼乡", "邦达乡然堆村", "戈波乡", "措瓦乡"];
const SAID = [
  "高血压筛查，发放药品", "关节痛患者较多", "包虫病宣教", "随访糖尿病患者三人", "路况差，推迟半天到达", "白内障疑似两例，建议转诊",
  "为老人测血糖", "孕产妇建档", "村医随诊带教", "儿童营养评估", "风湿免疫初筛", "赠送药箱一只",
];
const LETTERS = [
  ..."高血压筛查发放药品关节痛患者较多包虫病宣教随访糖尿路况差推迟到达白内障疑似转诊老人测孕产妇建档村医带学儿童营养评估风湿免疫初",
  ..."赠送箱只山雪天晴来自牧场步行三小时孩母亲咳嗽发热已退烧复诊下周再访记录补登人手不足设备检修电源中断恢复正常",
];

/** Evenly spread numbers (SplitMix64). */
function dice(seed) {
  let state = BigInt(seed);
  const wrap = (n) => BigInt.asUintN(64, n);
  return (n) => {
    state = wrap(state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) % BigInt(n));
  };
}

const two = (n) => String(n).padStart(2, "0");

function outreach(n) {
  const below = dice(n);
  const free = Array.from({ length: 4 + below(10) }, () => LETTERS[below(LETTERS.length)]).join("");
  const on = `2021-${two(3 + below(10))}-${two(1 + below(28))}`;
  const place = PLACES[below(8)];
  const patients_seen = 20 + below(400);
  const referred = below(9);
  return { notes: `${SAID[below(12)]}，${free}。`, on, patients_seen, place, referred };
}

/** The `n`-th record with all that a server must learn, its keys in the order in which the benchmark writes them. */
export function record(n) {
  const below = dice(n ^ 0xabcd);
  const id = Array.from({ length: 32 }, () => below(16).toString(16)).join("");
  return {
    created: 1_620_000_000_000 + n * 61_000, fields: outreach(n), form: "clinic.outreach", form_version: 1, id,
    unit: "markam-hospital", worker: "doctor-03",
  };
}

/** `count` records from the `from`-th on. */
export const records = (from, count) => Array.from({ length: count }, (_, i) => record(from + i));

/** Throws unless what is drawn here is, byte for byte, what `wire_bytes --records N` printed. */
export function checkAgainstTheBenchmark() {
  const printed = readFileSync(new URL("../records.jsonl", import.meta.url), "utf8").trimEnd().split("\n");
  printed.forEach((line, n) => {
    const drawn = JSON.stringify(record(n));
    if (drawn !== line) throw new Error(`record ${n} is not the benchmark's:\n${drawn}\n${line}`);
  });
  return printed.length;
}
