// bo: wants a native reader's review
export const words = {
  places: { zh: "主导航", bo: "གཙོ་བོའི་ཁ་ཕྱོགས།", en: "Places" },
  log: { zh: "填写", bo: "འབྲི་བ།", en: "Log" },
  records: { zh: "我的记录", bo: "ངའི་ཐོ་འགོད།", en: "My records" },
  me: { zh: "我", bo: "ང་།", en: "Me" },
};
