// bo: wants a native reader's review
export const words = {
  title: { zh: "这条不算数？", bo: "འདི་རྩིས་མེད་གཏོང་ངམ།", en: "This record does not count?" },
  why: { zh: "为什么", bo: "རྒྱུ་མཚན།", en: "Why" },
  stays: { zh: "内容和历史会保留，只是不计入合计。", bo: "ནང་དོན་དང་ལོ་རྒྱུས་ཉར་རྒྱུ་རེད། བསྡོམས་འབོར་ནང་མི་རྩི།", en: "It stays, with its history, and is left out of totals." },
  yes: { zh: "作废", bo: "རྩིས་མེད་གཏོང་།", en: "Void" },
  no: { zh: "不", bo: "མིན།", en: "No" },
};
