// bo: wants a native reader's review
export const words = {
  title: { zh: "我的记录", bo: "ངའི་ཐོ་འགོད།", en: "My records" },
  found: {
    zh: (n: string) => `${n} 条`,
    bo: (n: string) => `གྲངས་ ${n}`,
    en: (n: string) => (n === "1" ? "1 record" : `${n} records`),
  },
  none: { zh: "没有记录", bo: "ཐོ་འགོད་མེད།", en: "No records" },
  opening: { zh: "正在打开…", bo: "ཁ་འབྱེད་བཞིན་པ།…", en: "Opening…" },
  coming: { zh: (n: string) => `还有 ${n} 条旧记录正在取回`, bo: (n: string) => `ཐོ་འགོད་རྙིང་པ་ ${n} ལེན་བཞིན་འདུག`, en: (n: string) => `${n} older changes are still coming` },
};
