// bo: wants a native reader's review
export const words = {
  keptBoth: { zh: "两条都保留了。", bo: "གཉིས་ཀ་ཉར་ཟིན།", en: "Both are kept." },
  merged: { zh: "已作为重复合并。", bo: "བསྐྱར་ཟློས་སུ་བསྡེབས་ཟིན།", en: "Merged as a duplicate." },
  undo: { zh: "撤销", bo: "ཕྱིར་བསྡུ།", en: "Undo" },
  undone: { zh: "已撤销", bo: "ཕྱིར་བསྡུས་ཟིན།", en: "Undone" },
  apart: { zh: "看已确认不重复的", bo: "བསྐྱར་ཟློས་མིན་པར་ངེས་པ།", en: "Those told apart" },
  waiting: { zh: "回到疑似重复", bo: "བསྐྱར་ཟློས་ཡིན་སྲིད་པར་ལོག", en: "Back to those that wait" },
};
