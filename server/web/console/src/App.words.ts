// bo: wants a native reader's review
export const words = {
  skip: { zh: "跳到内容", bo: "ནང་དོན་ལ་མཆོང་།", en: "Skip to the content" },
  opening: { zh: "正在打开…", bo: "ཁ་ཕྱེ་བཞིན།…", en: "Opening…" },
};
