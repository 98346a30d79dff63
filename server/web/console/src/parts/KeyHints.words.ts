// bo: wants a native reader's review
export const words = {
  keys: { zh: "快捷键", bo: "མགྱོགས་མཐེབ།", en: "Keys" },
};
