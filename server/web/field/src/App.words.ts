// bo: wants a native reader's review
export const words = {
  skip: { zh: "跳到内容", bo: "ནང་དོན་ལ་མཆོངས།", en: "Skip to content" },
  opening: { zh: "正在打开…", bo: "ཁ་འབྱེད་བཞིན་པ།…", en: "Opening…" },
};
