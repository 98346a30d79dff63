// bo: wants a native reader's review
export const words = {
  held: { zh: "为什么待处理", bo: "ཅིའི་ཕྱིར་ཐག་གཅོད་སྒུག་པ།", en: "Why it is held" },
  refused: { zh: "为什么没有接收", bo: "ཅིའི་ཕྱིར་མ་བླངས་པ།", en: "Why it was refused" },
  stillHere: { zh: "您写的都还在这里。", bo: "ཁྱེད་ཀྱིས་བྲིས་པ་ཚང་མ་འདིར་ཡོད།", en: "What you wrote is still here." },
  parked: { zh: "服务器在等前一次修改；它会自己跟上。", bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་སྔོན་མའི་བཟོ་བཅོས་སྒུག་བཞིན་པ།", en: "The server waits for an earlier change. It will follow by itself." },
  returned: { zh: "审核人退回", bo: "ཞིབ་བཤེར་པས་ཕྱིར་སློག", en: "Sent back by the reviewer" },
  faulty: { zh: "还缺这些", bo: "འདི་དག་ཆད་འདུག", en: "Still missing or wrong" },
};
