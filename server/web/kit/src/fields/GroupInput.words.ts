// bo: wants a native reader's review
export const words = {
  add: { zh: "再加一项", bo: "གཅིག་སྣོན།", en: "Add one" },
  remove: { zh: "删去", bo: "བསུབ།", en: "Remove" },
  entry: { zh: (n: number) => `第 ${n} 项`, bo: (n: number) => `ཨང་ ${n}`, en: (n: number) => `No. ${n}` },
};
