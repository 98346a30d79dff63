// bo: wants a native reader's review
export const words = {
  id: { zh: "指标代码", bo: "ཚད་གཞིའི་ཨང་རྟགས།", en: "Measure's code" },
  label: { zh: "指标名称", bo: "ཚད་གཞིའི་མིང་།", en: "Measure's name" },
  adds: { zh: "怎样计算", bo: "རྩིས་ཐབས།", en: "What it adds" },
  count: { zh: "每条记录计 1", bo: "ཐོ་འགོད་རེར་ ༡ རྩི།", en: "1 for each record" },
  sum: { zh: (field: string) => `“${field}”之和`, bo: (field: string) => `${field} བསྡོམས།`, en: (field: string) => `The sum of ${field}` },
  when: { zh: "只在", bo: "ཆ་རྐྱེན།", en: "Only if" },
  is: { zh: "等于", bo: "མཚུངས།", en: "is" },
  condition: { zh: (n: number) => `条件 ${n}`, bo: (n: number) => `ཆ་རྐྱེན་ ${n}`, en: (n: number) => `Condition ${n}` },
  addCondition: { zh: "添加条件", bo: "ཆ་རྐྱེན་སྣོན།", en: "Add a condition" },
  yes: { zh: "是", bo: "ཡིན།", en: "Yes" },
  no: { zh: "否", bo: "མིན།", en: "No" },
};
