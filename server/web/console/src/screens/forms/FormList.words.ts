// bo: wants a native reader's review
export const words = {
  title: { zh: "表格", bo: "རེའུ་མིག", en: "Forms" },
  about: { zh: "填报人在手机上填的表格，和它们计入的指标。", bo: "ཐོ་འགོད་པས་ཁ་པར་ནང་འབྲི་བའི་རེའུ་མིག་དང་དེའི་ཚད་གཞི།", en: "What is asked on phones, and what it adds to totals." },
  add: { zh: "新建表格", bo: "རེའུ་མིག་གསར་བཟོ།", en: "New form" },
  name: { zh: "名称", bo: "མིང་།", en: "Name" },
  code: { zh: "代码", bo: "ཨང་རྟགས།", en: "Code" },
  version: { zh: "版本", bo: "པར་གཞི།", en: "Version" },
  fields: { zh: "字段", bo: "ཁ་སྐོང་།", en: "Fields" },
  measures: { zh: "指标", bo: "ཚད་གཞི།", en: "Measures" },
  none: { zh: "还没有表格。", bo: "ད་དུང་རེའུ་མིག་མེད།", en: "There are no forms yet." },
};
