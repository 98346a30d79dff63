// bo: wants a native reader's review
export const words = {
  skip: { zh: "跳过", bo: "མཆོང་།", en: "skip" },
  move: { zh: "前后移动", bo: "སྔོན་རྗེས།", en: "back and forth" },
  opening: { zh: "正在打开…", bo: "ཁ་ཕྱེ་བཞིན་པ།…", en: "Opening…" },
};
