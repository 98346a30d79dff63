// bo: wants a native reader's review
export const words = {
  count: { zh: "每条记录计 1", bo: "ཐོ་འགོད་རེར་ ༡ རྩི།", en: "1 for each record" },
  sum: { zh: (field: string) => `“${field}”之和`, bo: (field: string) => `${field} བསྡོམས།`, en: (field: string) => `the sum of ${field}` },
  when: { zh: (adds: string, conditions: string) => `${adds}，当${conditions}`, bo: (adds: string, conditions: string) => `${adds} (${conditions} ཡིན་ན།)`, en: (adds: string, conditions: string) => `${adds}, if ${conditions}` },
  equals: { zh: (field: string, value: string) => `“${field}”为“${value}”`, bo: (field: string, value: string) => `${field} = ${value} ཡིན་པ།`, en: (field: string, value: string) => `${field} is ${value}` },
  and: { zh: "且", bo: " དང་ ", en: " and " },
  yes: { zh: "是", bo: "ཡིན།", en: "yes" },
  no: { zh: "否", bo: "མིན།", en: "no" },
};
