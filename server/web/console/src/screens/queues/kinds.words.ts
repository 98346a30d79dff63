// bo: wants a native reader's review

/** What each queue is called. */
export const words = {
  conflicts: { zh: "冲突", bo: "འགལ་ཟླ།", en: "Conflicts" },
  duplicates: { zh: "疑似重复", bo: "བསྐྱར་ཟློས་ཡིན་སྲིད།", en: "Duplicates" },
  held: { zh: "待处理修改", bo: "ཐག་གཅོད་སྒུག་པ།", en: "Held" },
  refused: { zh: "未接收", bo: "མ་བླངས་པ།", en: "Refused" },
  faults: { zh: "不合规则", bo: "སྒྲིག་གཞི་དང་མི་མཐུན།", en: "Faults" },
  changed: { zh: "通过后又改", bo: "ཆོག་མཆན་རྗེས་བཅོས།", en: "Changed since approval" },
  returned: { zh: "已退回", bo: "ཕྱིར་སློག་བྱས་པ།", en: "Returned" },
  approve: { zh: "批量通过", bo: "སྡེབ་ཆོག་མཆན།", en: "Approve many" },
};
