// bo: wants a native reader's review
export const words = {
  below: { zh: (name: string) => `在 ${name} 下添加单位`, bo: (name: string) => `${name} འོག་ཏུ་སྡེ་ཚན་སྣོན།`, en: (name: string) => `Add a unit below ${name}` },
  name: { zh: "名称", bo: "མིང་།", en: "Name" },
  code: { zh: "代码", bo: "ཨང་རྟགས།", en: "Code" },
  rule: { zh: "小写字母、数字、点和连字符，如 markam-hospital；以后不能改。", bo: "ཡི་གེ་ཆུང་བ། ཨང་གྲངས། ཚེག་དང་མཐུད་རྟགས། རྗེས་སུ་བསྒྱུར་མི་ཐུབ།", en: "Small letters, digits, dots and hyphens, such as markam-hospital; permanent." },
  kind: { zh: "类别", bo: "རིགས།", en: "Kind" },
  added: { zh: (name: string) => `已添加 ${name}。`, bo: (name: string) => `${name} བསྣན་ཟིན།`, en: (name: string) => `Added ${name}.` },
  yes: { zh: "添加", bo: "སྣོན།", en: "Add" },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
