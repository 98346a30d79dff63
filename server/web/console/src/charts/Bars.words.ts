// bo: wants a native reader's review
export const words = {
  now: { zh: "本期", bo: "དུས་འདི།", en: "Now" },
  before: { zh: "上期", bo: "སྔོན་མ།", en: "Before" },
  change: { zh: "变化", bo: "འགྱུར་བ།", en: "Change" },
  none: { zh: "这段时间没有记录。", bo: "དུས་ཡུན་འདིར་ཐོ་འགོད་མེད།", en: "Nothing was logged in these days." },
};
