// bo: wants a native reader's review
export const words = {
  title: { zh: "工作简报", bo: "ལས་དོན་སྙན་ཐོ།", en: "Briefing" },
  about: { zh: "内容", bo: "ནང་དོན།", en: "About" },
  wholeUnit: { zh: "整个单位", bo: "སྡེ་ཚན་ཡོངས།", en: "The whole unit" },
  yearOf: { zh: (u: string) => `个人：${u}`, bo: (u: string) => `མི་སྒེར: ${u}`, en: (u: string) => `One worker: ${u}` },
  language: { zh: "简报的语言", bo: "སྙན་ཐོའི་སྐད་ཡིག", en: "Its language" },
  print: { zh: "打印 / 存为 PDF", bo: "པར་འདེབས།", en: "Print / save as PDF" },
  word: { zh: "Word 文件", bo: "Word ཡིག་ཆ།", en: "Word document" },
  template: { zh: "修改模板", bo: "དཔེ་གཞི་བཟོ་བཅོས།", en: "Edit the template" },
  making: { zh: "正在生成…", bo: "བཟོ་བཞིན།…", en: "Being made…" },
  madeAt: { zh: (m: string) => `生成于 ${m}`, bo: (m: string) => `${m} ལ་བཟོས།`, en: (m: string) => `Made ${m}` },
  madeAgain: { zh: "按给定位置重新生成", bo: "གནས་ས་བཀོད་པ་ལྟར་བསྐྱར་བཟོ།", en: "Made again from the positions given" },
};
