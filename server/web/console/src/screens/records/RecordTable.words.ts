// bo: wants a native reader's review
export const words = {
  caption: { zh: "记录，最新的在前", bo: "ཐོ་འགོད། གསར་ཤོས་སྔོན་ལ།", en: "Records, newest first" },
  day: { zh: "日期", bo: "ཟླ་ཚེས།", en: "Day" },
  noDay: { zh: "没有日期", bo: "ཟླ་ཚེས་མེད།", en: "No date" },
};
