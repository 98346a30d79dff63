// bo: wants a native reader's review
export const words = {
  records: { zh: "记录", bo: "ཐོ་འགོད།", en: "Records" },
  way: { zh: "上级单位", bo: "གོང་རིམ་སྡེ་ཚན།", en: "Units above" },
  days: { zh: (a: string, b: string) => `${a} 至 ${b}`, bo: (a: string, b: string) => `${a} ནས་ ${b} བར།`, en: (a: string, b: string) => `${a} to ${b}` },
  compared: { zh: (a: string, b: string) => `与 ${a} 至 ${b} 相比`, bo: (a: string, b: string) => `${a} ནས་ ${b} དང་བསྡུར་བ།`, en: (a: string, b: string) => `compared with ${a} to ${b}` },
  live: { zh: "实时更新", bo: "དུས་ཐོག་གསར་སྒྱུར།", en: "live" },
  moved: { zh: (n: string) => `打开后更新了 ${n} 次`, bo: (n: string) => `ཁ་ཕྱེས་རྗེས་ཐེངས་ ${n} གསར་སྒྱུར།`, en: (n: string) => `updated ${n} times since it was opened` },
  figures: { zh: "总数", bo: "སྤྱིའི་གྲངས།", en: "Totals" },
  reading: { zh: "正在读取…", bo: "ཀློག་བཞིན།…", en: "Reading…" },
  byMonth: { zh: (m: string) => `${m}：按月`, bo: (m: string) => `${m}: ཟླ་རེར།`, en: (m: string) => `${m} by month` },
  byUnit: { zh: (m: string) => `${m}：按单位`, bo: (m: string) => `${m}: སྡེ་ཚན་རེར།`, en: (m: string) => `${m} by unit` },
  byWorker: { zh: (m: string) => `${m}：按人员`, bo: (m: string) => `${m}: མི་རེར།`, en: (m: string) => `${m} by worker` },
  unit: { zh: "单位", bo: "སྡེ་ཚན།", en: "Unit" },
  worker: { zh: "人员", bo: "མི་སྣ།", en: "Worker" },
  itself: { zh: (u: string) => `${u}（本级）`, bo: (u: string) => `${u} (རང་ཉིད།)`, en: (u: string) => `${u} (itself)` },
};
