// bo: wants a native reader's review
export const words = {
  title: { zh: "审计日志", bo: "ཞིབ་བཤེར་ཐོ་ཡིག", en: "Audit log" },
  about: { zh: "谁在什么时候做了什么管理操作。只会增加，不会改动。", bo: "སུས་ནམ་ཞིག་དོ་དམ་གྱི་བྱ་བ་གང་བྱས། སྣོན་པ་ལས་བཟོ་བཅོས་མི་བྱེད།", en: "Who has administered what, and when. It only grows; nothing in it changes." },
  act: { zh: "操作", bo: "བྱ་བ།", en: "Act" },
  any: { zh: "全部操作", bo: "བྱ་བ་ཡོངས།", en: "All acts" },
  by: { zh: "操作人（用户名）", bo: "བྱེད་མཁན། (སྤྱོད་མིང་)", en: "By (username)" },
  subject: { zh: "对象", bo: "ཡུལ།", en: "About" },
  number: { zh: "序号", bo: "ཨང་།", en: "No." },
  time: { zh: "时间", bo: "དུས།", en: "When" },
  who: { zh: "操作人", bo: "བྱེད་མཁན།", en: "Who" },
  what: { zh: "做了什么", bo: "ཅི་བྱས།", en: "What" },
  where: { zh: "单位", bo: "སྡེ་ཚན།", en: "Unit" },
  details: { zh: "细节", bo: "ཞིབ་ཕྲ།", en: "Details" },
  operator: { zh: "服务器终端", bo: "ཞབས་ཞུ་འཕྲུལ་ཆས།", en: "At the server's terminal" },
  none: { zh: "没有这样的操作。", bo: "དེ་ལྟ་བུའི་བྱ་བ་མེད།", en: "There is no such act." },
};
