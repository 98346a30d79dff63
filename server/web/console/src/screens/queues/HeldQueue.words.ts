// bo: wants a native reader's review
export const words = {
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
};
