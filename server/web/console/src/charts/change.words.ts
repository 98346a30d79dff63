// bo: wants a native reader's review
export const words = {
  same: { zh: "持平", bo: "འགྱུར་བ་མེད།", en: "unchanged" },
  fresh: { zh: "上期无", bo: "སྔོན་མར་མེད།", en: "none before" },
};
