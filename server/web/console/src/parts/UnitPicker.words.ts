// bo: wants a native reader's review
export const words = {
  unit: { zh: "单位", bo: "སྡེ་ཚན།", en: "Unit" },
};
