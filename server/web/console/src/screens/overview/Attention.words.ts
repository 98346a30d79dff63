// bo: wants a native reader's review
export const words = {
  title: { zh: "需要处理", bo: "ཐག་གཅོད་དགོས་པ།", en: "Needs attention" },
  nothing: { zh: "没有待处理的事。", bo: "ཐག་གཅོད་དགོས་པ་མེད།", en: "Nothing waits." },
  conflicts: { zh: "条记录有冲突", bo: "ཐོ་འགོད་འགལ་ཟླ།", en: "records in conflict" },
  held: { zh: "个修改待决定", bo: "བཟོ་བཅོས་ཐག་གཅོད་སྒུག", en: "changes held" },
  duplicates: { zh: "对疑似重复", bo: "བསྐྱར་ཟློས་ཡིན་ཤས་ཆེ།", en: "possible duplicates" },
  lookForDuplicates: { zh: "查找疑似重复", bo: "བསྐྱར་ཟློས་ཡིན་ཤས་ཆེ་བ་འཚོལ།", en: "look for duplicates" },
  faults: { zh: "条记录有错误", bo: "ཐོ་འགོད་ནོར་འཁྲུལ།", en: "records with faults" },
  changed: { zh: "条通过后又改", bo: "ཆོག་མཆན་རྗེས་བཅོས།", en: "changed since approval" },
  returned: { zh: "条已退回", bo: "ཕྱིར་སློག་ཟིན།", en: "returned" },
  silent: { zh: "台设备两周没有同步", bo: "སྒྲིག་ཆས་བདུན་ཕྲག་གཉིས་མཉམ་སྒྲིག་མ་བྱས།", en: "devices silent for two weeks" },
};
