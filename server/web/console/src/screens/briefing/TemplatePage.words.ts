// bo: wants a native reader's review
export const words = {
  back: { zh: "返回简报", bo: "སྙན་ཐོར་ལོག", en: "Back to the briefing" },
  ofUnit: { zh: (l: string) => `单位简报的模板（${l}）`, bo: (l: string) => `སྡེ་ཚན་སྙན་ཐོའི་དཔེ་གཞི (${l})`, en: (l: string) => `Template of a unit's briefing (${l})` },
  ofWorker: { zh: (l: string) => `个人年度总结的模板（${l}）`, bo: (l: string) => `མི་སྒེར་ལོ་འཁོར་སྙན་ཐོའི་དཔེ་གཞི (${l})`, en: (l: string) => `Template of a worker's year (${l})` },
  about: { zh: "正文用 Markdown，数字用模板语言填入。保存前服务器会先试一遍，有错会说在哪一行。", bo: "ཡི་གེ་ Markdown གིས་འབྲི། གྲངས་ཀ་དཔེ་གཞིའི་སྐད་ཡིག་གིས་འགོད། མ་ཉར་གོང་ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་ཚོད་ལྟ་བྱེད།", en: "The text is Markdown; figures are put in by the template language. The server tries it before it keeps it, and says in which line something is wrong." },
  source: { zh: "模板", bo: "དཔེ་གཞི།", en: "Template" },
  shipped: { zh: "自带的模板", bo: "གདོད་མའི་དཔེ་གཞི།", en: "As shipped" },
  own: { zh: "已修改的模板", bo: "བཟོ་བཅོས་བྱས་པའི་དཔེ་གཞི།", en: "Edited here" },
  keep: { zh: "试一遍并保存", bo: "ཚོད་ལྟ་བྱས་ནས་ཉར།", en: "Try it and keep it" },
  undo: { zh: "撤销修改", bo: "བཟོ་བཅོས་ཕྱིར་འཐེན།", en: "Take back what was typed" },
  reset: { zh: "恢复自带的模板", bo: "གདོད་མར་སླར་གསོ།", en: "Return to the shipped one" },
  resetTitle: { zh: "恢复自带的模板？修改过的会丢失。", bo: "གདོད་མར་སླར་གསོའམ། བཟོ་བཅོས་བྱས་པ་བརླག་རྒྱུ་རེད།", en: "Return to the shipped template? What was edited is gone then." },
  stay: { zh: "不恢复", bo: "མི་བྱེད།", en: "Keep the edited one" },
  kept: { zh: "模板已保存", bo: "དཔེ་གཞི་ཉར་ཟིན།", en: "The template is kept" },
  wasReset: { zh: "已恢复自带的模板", bo: "གདོད་མར་སླར་གསོ་ཟིན།", en: "The shipped template is back" },
};
