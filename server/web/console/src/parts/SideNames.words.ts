// bo: wants a native reader's review
export const words = {
  navigation: { zh: "栏目", bo: "སྡེ་ཚན་དཀར་ཆག", en: "Places" },
};
