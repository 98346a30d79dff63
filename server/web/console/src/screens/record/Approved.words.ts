// bo: wants a native reader's review
export const words = {
  title: { zh: "通过以后改了什么", bo: "ཆོག་མཆན་རྗེས་ཅི་བཟོ་བཅོས་བྱས་པ།", en: "What changed since it was approved" },
  since: { zh: (who: string, at: string) => `${who} 于${at}通过`, bo: (who: string, at: string) => `${who} ཡིས་ ${at} ལ་ཆོག་མཆན་བཀོད།`, en: (who: string, at: string) => `approved by ${who}, ${at}` },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  before: { zh: "通过时", bo: "ཆོག་མཆན་སྐབས།", en: "When approved" },
  now: { zh: "现在", bo: "ད་ལྟ།", en: "Now" },
  reading: { zh: "正在比较…", bo: "བསྡུར་བཞིན་པ།…", en: "Comparing…" },
};
