// bo: wants a native reader's review
export const words = {
  title: { zh: "两个人写得不一样", bo: "མི་གཉིས་ཀྱིས་མི་འདྲ་བ་བྲིས་འདུག", en: "Two people wrote differently" },
  hint: { zh: "哪个对？", bo: "གང་ཞིག་འགྲིག་གམ།", en: "Which is right?" },
  takes: { zh: "就用这个", bo: "འདི་འདེམས།", en: "Take this" },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  settled: { zh: "已确定", bo: "གཏན་འཁེལ་བྱུང་།", en: "Settled" },
};
