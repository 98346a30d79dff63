// bo: wants a native reader's review

/** What a record can have, by the API's words. */
export const words = {
  conflict: { zh: "冲突", bo: "འགལ་ཟླ།", en: "conflict" },
  fault: { zh: "不合规则", bo: "སྒྲིག་གཞི་དང་མི་མཐུན།", en: "fault" },
  held: { zh: "待处理修改", bo: "ཐག་གཅོད་སྒུག་པ།", en: "held changes" },
  comment: { zh: "意见", bo: "བསམ་འཆར།", en: "comments" },
  duplicate: { zh: "疑似重复", bo: "བསྐྱར་ཟློས་ཡིན་སྲིད།", en: "possible duplicate" },
};
