// bo: wants a native reader's review
export const words = {
  yes: { zh: "是", bo: "ཡིན།", en: "Yes" },
  no: { zh: "否", bo: "མིན།", en: "No" },
};
