// bo: wants a native reader's review
export const words = {
  text: { zh: "查找文字", bo: "ཡི་གེ་འཚོལ།", en: "Find a text" },
  form: { zh: "表格", bo: "རེའུ་མིག", en: "Form" },
  status: { zh: "审核", bo: "ཞིབ་བཤེར།", en: "Review" },
  has: { zh: "含有", bo: "ཡོད་པ།", en: "With" },
  worker: { zh: "填表人用户名", bo: "འབྲི་མཁན་གྱི་མིང་།", en: "Worker's username" },
  from: { zh: "从", bo: "ནས།", en: "From" },
  to: { zh: "到", bo: "བར།", en: "To" },
  any: { zh: "全部", bo: "ཚང་མ།", en: "All" },
  clear: { zh: "清除条件", bo: "ཆ་རྐྱེན་མེད་པ་བཟོ།", en: "Clear" },
};
