// bo: wants a native reader's review
export const words = {
  search: { zh: "查找", bo: "འཚོལ་བ།", en: "Search" },
  whose: { zh: "谁的", bo: "སུའི།", en: "Whose" },
  mine: { zh: "我的", bo: "ངའི།", en: "Mine" },
  all: { zh: "所有人", bo: "ཚང་མའི།", en: "Everybody's" },
  filter: { zh: "筛选", bo: "འདེམས་པ།", en: "Filter" },
  form: { zh: "表格", bo: "རེའུ་མིག", en: "Form" },
  anyForm: { zh: "所有表格", bo: "རེའུ་མིག་ཚང་མ།", en: "Every form" },
  standing: { zh: "状态", bo: "གནས་བབ།", en: "Where it stands" },
  anyStanding: { zh: "所有状态", bo: "གནས་བབ་ཚང་མ།", en: "Anywhere" },
};
