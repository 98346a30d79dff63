// bo: wants a native reader's review

/** What the details of acts are called, by the server's key for each. */
export const words = {
  pair: { zh: (name: string, value: string) => `${name}：${value}`, bo: (name: string, value: string) => `${name}: ${value}`, en: (name: string, value: string) => `${name}: ${value}` },
  comma: { zh: "，", bo: "། ", en: ", " },
  role: { zh: "角色", bo: "འགན།", en: "role" },
  bytes: { zh: "字节", bo: "ཡིག་ཚིགས།", en: "bytes" },
  hours: { zh: "有效小时", bo: "ཆུ་ཚོད།", en: "hours" },
  days: { zh: "有效天数", bo: "ཉིན་གྲངས།", en: "days" },
  token: { zh: "令牌", bo: "རྟགས།", en: "token" },
  username: { zh: "使用人", bo: "སྤྱོད་མཁན།", en: "whose" },
  version: { zh: "版本", bo: "པར་གཞི།", en: "version" },
  other: { zh: "另一条", bo: "གཞན་ཞིག", en: "the other" },
  parent: { zh: "上级", bo: "གོང་མ།", en: "below" },
  kind: { zh: "类别", bo: "རིགས།", en: "kind" },
  from: { zh: "原上级", bo: "སྔོན་གྱི་གོང་མ།", en: "from" },
  to: { zh: "新上级", bo: "གོང་མ་གསར་པ།", en: "to" },
};
