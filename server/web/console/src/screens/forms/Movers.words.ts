// bo: wants a native reader's review
export const words = {
  up: { zh: "上移", bo: "ཡར་སྤོ།", en: "Move up" },
  down: { zh: "下移", bo: "མར་སྤོ།", en: "Move down" },
  remove: { zh: "删除", bo: "སུབ།", en: "Remove" },
};
