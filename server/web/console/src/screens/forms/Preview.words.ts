// bo: wants a native reader's review
export const words = {
  title: { zh: "手机上的样子", bo: "ཁ་པར་ཐོག་གི་རྣམ་པ།", en: "As on a phone" },
  language: { zh: "预览的语言", bo: "སྔོན་ལྟའི་སྐད་ཡིག", en: "Language of the preview" },
  about: { zh: "可以试填，不会保存。", bo: "ཚོད་ལྟ་བྱས་ཆོག ཉར་མི་འགྲོ།", en: "Try it: nothing is kept." },
};
