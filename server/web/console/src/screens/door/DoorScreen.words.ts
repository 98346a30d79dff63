// bo: wants a native reader's review
export const words = {
  language: { zh: "语言", bo: "སྐད་ཡིག", en: "Language" },
};
