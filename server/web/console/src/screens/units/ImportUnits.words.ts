// bo: wants a native reader's review
export const words = {
  title: { zh: "从表格导入单位", bo: "རེའུ་མིག་ནས་སྡེ་ཚན་ནང་འདྲེན།", en: "Import units from a table" },
  about: { zh: "CSV 表格，四列，上级单位写在下级前面。有一行不对，就一行也不导入。", bo: "CSV རེའུ་མིག སྟར་བཞི། གོང་གི་སྡེ་ཚན་སྔོན་ལ། ཐིག་གཅིག་ནོར་ན་གང་ཡང་ནང་འདྲེན་མི་བྱེད།", en: "A CSV table of four columns, each unit behind the one above it. If one row is wrong, none is taken." },
  example: { zh: "例子", bo: "དཔེ།", en: "An example" },
  kinds: { zh: "kind 一列：prefecture 地市、county 区县、clinic 医疗机构、school 学校、other 其他。", bo: "kind སྟར། prefecture ས་ཁུལ། county རྫོང་། clinic སྨན་ཁང་། school སློབ་གྲྭ། other གཞན་དག", en: "Kinds: prefecture, county, clinic, school, other." },
  file: { zh: "选择文件", bo: "ཡིག་ཆ་འདེམས།", en: "A file" },
  paste: { zh: "或粘贴在这里", bo: "ཡང་ན་འདིར་སྦྱོར།", en: "Or paste it here" },
  bad: { zh: "不能导入的行", bo: "ནང་འདྲེན་མི་ཐུབ་པའི་ཐིག", en: "Rows that cannot be taken" },
  line: { zh: "行", bo: "ཐིག", en: "Line" },
  row: { zh: "内容", bo: "ནང་དོན།", en: "Row" },
  wrong: { zh: "问题", bo: "ནོར་འཁྲུལ།", en: "What is wrong" },
  added: { zh: (n: number) => `已导入 ${n} 个单位。`, bo: (n: number) => `སྡེ་ཚན་ ${n} ནང་འདྲེན་བྱས་ཟིན།`, en: (n: number) => `Imported ${n} units.` },
  yes: { zh: "导入", bo: "ནང་འདྲེན།", en: "Import" },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
