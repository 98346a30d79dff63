// bo: wants a native reader's review
export const words = {
  asTable: { zh: "看成表格", bo: "རེའུ་མིག་ཏུ་ལྟ།", en: "As a table" },
  month: { zh: "月份", bo: "ཟླ་བ།", en: "Month" },
  now: { zh: "本期", bo: "དུས་འདི།", en: "Now" },
  before: { zh: "上期", bo: "སྔོན་མ།", en: "Before" },
};
