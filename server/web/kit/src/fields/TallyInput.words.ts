// bo: wants a native reader's review
export const words = {
  more: { zh: "加一", bo: "གཅིག་སྣོན།", en: "One more" },
  less: { zh: "减一", bo: "གཅིག་འཐེན།", en: "One less" },
};
