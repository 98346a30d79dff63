// bo: wants a native reader's review
export const words = {
  label: { zh: "名称", bo: "མིང་།", en: "Name" },
  key: { zh: "代码", bo: "ཨང་རྟགས།", en: "Code" },
  known: { zh: "已发布的代码不能改：已有的记录用着它。", bo: "སྤེལ་ཟིན་པའི་ཨང་རྟགས་བསྒྱུར་མི་ཐུབ། ཐོ་འགོད་ཀྱིས་བཀོལ་ཡོད།", en: "A published code stays: records are written with it." },
  type: { zh: "类型", bo: "རིགས།", en: "Type" },
  required: { zh: "必填", bo: "ངེས་པར་འབྲི།", en: "Required" },
  chars: { zh: "最多字数", bo: "ཡི་གེའི་མཐའ།", en: "Most characters" },
  min: { zh: "最小值", bo: "ཆེས་ཆུང་བ།", en: "Smallest" },
  max: { zh: "最大值", bo: "ཆེས་ཆེ་བ།", en: "Largest" },
  options: { zh: "选项", bo: "འདེམས་ཚན།", en: "Options" },
  value: { zh: "选项代码", bo: "འདེམས་ཚན་ཨང་རྟགས།", en: "Option code" },
  addOption: { zh: "添加选项", bo: "འདེམས་ཚན་སྣོན།", en: "Add an option" },
  inGroup: { zh: "每一项里的字段", bo: "ཚན་རེའི་ནང་གི་ཁ་སྐོང་།", en: "Fields of each entry" },
  addInner: { zh: "在分组里添加字段", bo: "ཚོ་ཁག་ནང་ཁ་སྐོང་སྣོན།", en: "Add a field to the group" },
};
