// bo: wants a native reader's review

/** Where a record stands, by the API's words. */
export const words = {
  open: { zh: "待审", bo: "ཞིབ་བཤེར་སྒུག", en: "Open" },
  approved: { zh: "已通过", bo: "ཆོག་མཆན་ཐོབ།", en: "Approved" },
  changed: { zh: "通过后又改", bo: "ཆོག་མཆན་རྗེས་བཅོས།", en: "Changed since approval" },
  returned: { zh: "已退回", bo: "ཕྱིར་སློག", en: "Returned" },
  void: { zh: "已作废", bo: "དོན་མེད།", en: "Void" },
};
