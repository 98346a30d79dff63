// bo: wants a native reader's review
export const words = {
  title: { zh: "我", bo: "ང་།", en: "Me" },
  language: { zh: "语言", bo: "སྐད་ཡིག", en: "Language" },
  draftBo: { zh: "藏文待母语者校对。", bo: "བོད་ཡིག་འདི་ལ་ཞུ་དག་དགོས།", en: "The Tibetan is still to be read by a native reader." },
  theme: { zh: "明暗", bo: "གསལ་མུན།", en: "Light or dark" },
  auto: { zh: "跟随手机", bo: "ཁ་པར་ལྟར།", en: "As the phone" },
  light: { zh: "亮", bo: "གསལ་བ།", en: "Light" },
  dark: { zh: "暗", bo: "མུན་པ།", en: "Dark" },
};
