// bo: wants a native reader's review

/** Kinds of units. */
export const words = {
  prefecture: { zh: "地市", bo: "ས་ཁུལ།", en: "Prefecture" },
  county: { zh: "区县", bo: "རྫོང་།", en: "County" },
  clinic: { zh: "医疗机构", bo: "སྨན་ཁང་།", en: "Clinic or hospital" },
  school: { zh: "学校", bo: "སློབ་གྲྭ།", en: "School" },
  other: { zh: "其他", bo: "གཞན་དག", en: "Other" },
};
