// bo: wants a native reader's review
export const words = {
  title: { zh: "谁在什么时候改了什么", bo: "སུས་ནམ་ཅི་བཟོ་བཅོས་བྱས།", en: "Who changed what, and when" },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  set: { zh: (f: string, v: string) => `${f}：${v}`, bo: (f: string, v: string) => `${f} : ${v}`, en: (f: string, v: string) => `${f}: ${v}` },
  cleared: { zh: (f: string) => `清空了${f}`, bo: (f: string) => `${f} བསུབས།`, en: (f: string) => `emptied ${f}` },
  counted: { zh: (f: string, by: string) => `${f} ${by}`, bo: (f: string, by: string) => `${f} ${by}`, en: (f: string, by: string) => `${f} ${by}` },
  typed: { zh: (f: string) => `改写了${f}`, bo: (f: string) => `${f} བསྐྱར་བྲིས།`, en: (f: string) => `wrote in ${f}` },
  commented: { zh: "写了意见", bo: "བསམ་འཆར་བྲིས།", en: "commented" },
  reviewed: { zh: "作了审核", bo: "ཞིབ་བཤེར་བྱས།", en: "gave a verdict" },
  attached: { zh: "加了附件", bo: "ཟུར་སྣོན་བྱས།", en: "attached a file" },
  waiting: { zh: "待传", bo: "སྒུག་བཞིན་པ།", en: "waits" },
  parked: { zh: "等前一次", bo: "སྔོན་མ་སྒུག་བཞིན་པ།", en: "waits for an earlier one" },
  held: { zh: "待处理", bo: "ཐག་གཅོད་སྒུག་བཞིན་པ།", en: "held" },
  refused: { zh: "未接收", bo: "མ་བླངས།", en: "refused" },
};
