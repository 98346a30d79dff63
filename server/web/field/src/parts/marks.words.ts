// bo: wants a native reader's review
export const words = {
  onThisDevice: { zh: "已存在本机", bo: "ཁ་པར་འདིར་ཉར།", en: "Saved on this phone" },
  onTheServer: { zh: "已到服务器", bo: "ཞབས་ཞུ་ཆས་སུ་སླེབས།", en: "On the server" },
  parked: { zh: "服务器在等前一次修改", bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་སྔོན་མའི་བཟོ་བཅོས་སྒུག་བཞིན་པ།", en: "On the server, waits for an earlier change" },
  held: { zh: "待处理", bo: "ཐག་གཅོད་སྒུག་བཞིན་པ།", en: "Held" },
  refused: { zh: "服务器未接收", bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་མ་བླངས།", en: "Refused" },
  conflict: { zh: "有两个不同的值", bo: "གྲངས་མི་མཐུན་པ་གཉིས་འདུག", en: "Two values disagree" },
  void: { zh: "已作废", bo: "རྩིས་མེད་བཏང་ཟིན།", en: "Void" },
  returned: { zh: "退回修改", bo: "བཟོ་བཅོས་ལ་ཕྱིར་སློག", en: "Sent back to you" },
  changed: { zh: "批准后有改动", bo: "ཆོག་མཆན་རྗེས་བཟོ་བཅོས་བྱས།", en: "Changed since approval" },
  approved: { zh: "已批准", bo: "ཆོག་མཆན་ཐོབ།", en: "Approved" },
  commented: {
    zh: (n: number) => `${n} 条意见`,
    bo: (n: number) => `བསམ་འཆར་ ${n}`,
    en: (n: number) => (n === 1 ? "1 comment" : `${n} comments`),
  },
  withComments: { zh: "有意见", bo: "བསམ་འཆར་ཡོད།", en: "Commented" },
  faulty: { zh: "未填完整", bo: "ཆ་ཚང་མེད།", en: "Incomplete" },
};
