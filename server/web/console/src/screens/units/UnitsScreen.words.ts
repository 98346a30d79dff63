// bo: wants a native reader's review
export const words = {
  title: { zh: "单位", bo: "སྡེ་ཚན།", en: "Units" },
  importTable: { zh: "从表格导入", bo: "རེའུ་མིག་ནས་ནང་འདྲེན།", en: "Import a table" },
  unknown: { zh: "没有这个单位：", bo: "སྡེ་ཚན་འདི་མེད།", en: "There is no such unit:" },
};
