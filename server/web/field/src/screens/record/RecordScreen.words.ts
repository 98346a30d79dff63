// bo: wants a native reader's review
export const words = {
  back: { zh: "我的记录", bo: "ངའི་ཐོ་འགོད།", en: "My records" },
  opening: { zh: "正在打开…", bo: "ཁ་འབྱེད་བཞིན་པ།…", en: "Opening…" },
  edit: { zh: "修改", bo: "བཟོ་བཅོས།", en: "Edit" },
  void: { zh: "作废", bo: "རྩིས་མེད་གཏོང་བ།", en: "Void" },
  by: { zh: "填写人", bo: "འབྲི་མཁན།", en: "By" },
  place: { zh: "单位", bo: "སྡེ་ཚན།", en: "Place" },
  written: { zh: "写于", bo: "བྲིས་དུས།", en: "Written" },
};
