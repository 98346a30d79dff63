// bo: wants a native reader's review
export const words = {
  back: { zh: "返回", bo: "ཕྱིར་ལོག", en: "Back" },
  opening: { zh: "正在打开…", bo: "ཁ་འབྱེད་བཞིན་པ།…", en: "Opening…" },
};
