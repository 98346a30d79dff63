// bo: wants a native reader's review
export const words = {
  cleared: { zh: (f: string) => `清空了${f}`, bo: (f: string) => `${f} བསུབས།`, en: (f: string) => `emptied ${f}` },
  typed: { zh: (f: string) => `${f}中写入`, bo: (f: string) => `${f} ནང་བྲིས།`, en: (f: string) => `wrote in ${f}` },
  rewrote: {
    zh: (f: string, n: string) => `${f}中删去 ${n} 个字，写入`,
    bo: (f: string, n: string) => `${f} ནས་ཡི་གེ་ ${n} བསུབས་ནས་བྲིས།`,
    en: (f: string, n: string) => `took ${n} characters out of ${f}, and wrote`,
  },
  commented: { zh: "写了意见", bo: "བསམ་འཆར་བྲིས།", en: "commented" },
  attached: { zh: "加了附件", bo: "ཟུར་སྣོན་བྱས།", en: "attached a file" },
  other: { zh: "作了别的改动", bo: "བཟོ་བཅོས་གཞན་བྱས།", en: "changed something else" },
  approved: { zh: "审核通过", bo: "ཆོག་མཆན་བཀོད།", en: "approved" },
  returned: { zh: "退回", bo: "ཕྱིར་སློག་བྱས།", en: "returned" },
  void: { zh: "作废", bo: "དོན་མེད་བཟོས།", en: "made void" },
};
