// bo: wants a native reader's review
export const words = {
  disputed: { zh: "有冲突", bo: "འགལ་ཟླ་འདུག", en: "disputed" },
};
