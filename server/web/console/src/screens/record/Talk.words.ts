// bo: wants a native reader's review
export const words = {
  title: { zh: "意见和审核", bo: "བསམ་འཆར་དང་ཞིབ་བཤེར།", en: "Comments and verdicts" },
  none: { zh: "还没有人写过意见。", bo: "སུས་ཀྱང་བསམ་འཆར་མ་བྲིས།", en: "Nobody has said anything yet." },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  duplicate: { zh: "与这条记录重复", bo: "ཐོ་འགོད་འདི་དང་བསྐྱར་ཟློས།", en: "duplicate of this record" },
  write: { zh: "写给填表人的意见", bo: "འབྲི་མཁན་ལ་བསམ་འཆར་བྲིས།", en: "A comment for the worker" },
  send: { zh: "发送意见", bo: "བསམ་འཆར་སྐུར།", en: "Send comment" },
};
