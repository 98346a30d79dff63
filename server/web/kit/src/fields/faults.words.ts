// bo: wants a native reader's review
export const words = {
  required: { zh: "请填写", bo: "འབྲི་དགོས།", en: "Needs an answer" },
  wrong_type: { zh: "填写的内容不对", bo: "བྲིས་པ་ནོར་འདུག", en: "This cannot be read" },
  too_small: { zh: (n: string) => `不能小于 ${n}`, bo: (n: string) => `${n} ལས་ཆུང་མི་ཆོག`, en: (n: string) => `At least ${n}` },
  too_large: { zh: (n: string) => `不能大于 ${n}`, bo: (n: string) => `${n} ལས་ཆེ་མི་ཆོག`, en: (n: string) => `At most ${n}` },
  not_a_choice: { zh: "请从选项中选", bo: "འདེམས་ཚན་ནས་འདེམས་རོགས།", en: "Choose one of these" },
  too_long: { zh: (n: string) => `最多 ${n} 个字`, bo: (n: string) => `ཡི་གེ་ ${n} ལས་མང་མི་ཆོག`, en: (n: string) => `At most ${n} characters` },
  control_character: { zh: "含有不能用的字符", bo: "ཡི་གེ་མི་ཆོག་པ་འདུག", en: "Holds characters that cannot be kept" },
  not_a_date: { zh: "日期不对", bo: "ཟླ་ཚེས་ནོར་འདུག", en: "Not a date" },
  other: { zh: "填写的内容不对", bo: "བྲིས་པ་ནོར་འདུག", en: "Not right" },
};
