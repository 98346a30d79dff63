// bo: wants a native reader's review
export const words = {
  back: { zh: "返回记录", bo: "ཐོ་འགོད་ལ་ཕྱིར་ལོག", en: "Back to the record" },
  opening: { zh: "正在打开…", bo: "ཁ་འབྱེད་བཞིན་པ།…", en: "Opening…" },
};
