// bo: wants a native reader's review
export const words = {
  columns: { zh: "选择列", bo: "སྟར་འདེམས།", en: "Columns" },
};
