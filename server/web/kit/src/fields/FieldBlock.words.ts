// bo: wants a native reader's review
export const words = {
  day: { zh: "日期", bo: "ཟླ་ཚེས།", en: "Date" },
  optional: { zh: "可不填", bo: "མ་བྲིས་ཀྱང་ཆོག", en: "optional" },
  unknown: { zh: "这个版本还不会填这一项。请更新应用。", bo: "པར་གཞི་འདིས་འདི་འབྲི་མི་ཤེས། མཉེན་ཆས་གསར་སྒྱུར་བྱེད་རོགས།", en: "This version cannot ask this. Update the app." },
};
