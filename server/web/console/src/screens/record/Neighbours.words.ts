// bo: wants a native reader's review
export const words = {
  list: { zh: "记录列表", bo: "ཐོ་འགོད་ཐོ་གཞུང་།", en: "List of records" },
  before: { zh: "上一条", bo: "སྔོན་མ།", en: "Previous" },
  next: { zh: "下一条", bo: "རྗེས་མ།", en: "Next" },
};
