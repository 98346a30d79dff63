// bo: wants a native reader's review
export const words = {
  title: { zh: "意见", bo: "བསམ་འཆར།", en: "Comments" },
  write: { zh: "写一句", bo: "ཚིག་གཅིག་འབྲི།", en: "Write something" },
  send: { zh: "发出", bo: "གཏོང་།", en: "Add" },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  approved: { zh: "批准", bo: "ཆོག་མཆན་སྤྲད།", en: "approved" },
  returned: { zh: "退回", bo: "ཕྱིར་སློག", en: "sent back" },
  void: { zh: "作废", bo: "རྩིས་མེད་བཏང་།", en: "voided" },
};
