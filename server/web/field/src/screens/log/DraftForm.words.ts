// bo: wants a native reader's review
export const words = {
  save: { zh: "保存", bo: "ཉར་ཚགས།", en: "Save" },
  saving: { zh: "正在保存…", bo: "ཉར་བཞིན་པ།…", en: "Saving…" },
  saveAnyway: { zh: "先这样保存，以后再补", bo: "འདི་ལྟར་ཉར་ནས་རྗེས་སུ་ཁ་སྐོང་།", en: "Save as it is, finish later" },
  saved: { zh: "已存在本机", bo: "ཁ་པར་འདིར་ཉར་ཟིན།", en: "Saved on this phone" },
  kept: { zh: "写下的都已留存，可随时离开", bo: "བྲིས་པ་ཚང་མ་ཉར་ཡོད། ནམ་ཡང་འགྲོ་ཆོག", en: "All you typed is kept. You can leave at any time." },
  drop: { zh: "不要了", bo: "དོར་བ།", en: "Throw away" },
  dropSure: { zh: "丢掉写下的内容？", bo: "བྲིས་པ་དོར་རམ།", en: "Throw away what you typed?" },
  keep: { zh: "留着", bo: "ཉར་བ།", en: "Keep it" },
  unit: { zh: "单位", bo: "སྡེ་ཚན།", en: "Place" },
};
