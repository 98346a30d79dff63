// bo: wants a native reader's review
export const words = {
  yes: { zh: "是", bo: "ཡིན།", en: "yes" },
  no: { zh: "否", bo: "མིན།", en: "no" },
  entries: { zh: (n: number) => `${n} 项`, bo: (n: number) => `གྲངས་ ${n}`, en: (n: number) => (n === 1 ? "1 entry" : `${n} entries`) },
  none: { zh: "（空）", bo: "(སྟོང་པ།)", en: "(empty)" },
};
