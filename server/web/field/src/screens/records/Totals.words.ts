// bo: wants a native reader's review
export const words = {
  title: { zh: "我的合计", bo: "ངའི་བསྡོམས་འབོར།", en: "My totals" },
  week: { zh: "本周", bo: "བདུན་ཕྲག་འདི།", en: "This week" },
  month: { zh: "本月", bo: "ཟླ་བ་འདི།", en: "This month" },
  year: { zh: "今年", bo: "ལོ་འདི།", en: "This year" },
  none: { zh: "这段时间还没有", bo: "དུས་ཡུན་འདིར་མེད།", en: "Nothing yet" },
};
