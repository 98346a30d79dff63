// bo: wants a native reader's review

/** The types of fields. */
export const words = {
  text: { zh: "文字", bo: "ཡི་གེ།", en: "Text" },
  narrative: { zh: "长文", bo: "ཡི་གེ་རིང་པོ།", en: "Long text" },
  integer: { zh: "整数", bo: "གྲངས་ཧྲིལ།", en: "Whole number" },
  tally: { zh: "计数", bo: "གྲངས་རྩིས།", en: "Count" },
  yes_no: { zh: "是或否", bo: "ཡིན་མིན།", en: "Yes or no" },
  choice: { zh: "单选", bo: "གཅིག་འདེམས།", en: "Choice" },
  date: { zh: "日期", bo: "ཟླ་ཚེས།", en: "Date" },
  group: { zh: "分组（可重复）", bo: "ཚོ་ཁག (བསྐྱར་ཆོག)", en: "Group (repeats)" },
};
