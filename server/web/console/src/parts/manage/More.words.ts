// bo: wants a native reader's review
export const words = {
  reading: { zh: "正在读取…", bo: "ཀློག་བཞིན་པ…", en: "Reading…" },
  more: { zh: "显示更多", bo: "དེ་ལས་མང་བ་སྟོན།", en: "Show more" },
};
