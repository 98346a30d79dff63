// bo: wants a native reader's review
export const words = {
  title: { zh: (f: string) => `冲突：${f}`, bo: (f: string) => `འགལ་ཟླ། ${f}`, en: (f: string) => `Conflict: ${f}` },
  hint: { zh: "几个人互不知情，写得不一样。哪个对？", bo: "མི་འགའ་ཡིས་ཕན་ཚུན་མ་ཤེས་པར་མི་འདྲ་བ་བྲིས་འདུག གང་ཞིག་འགྲིག་གམ།", en: "Written without knowing of each other. Which is right?" },
  takes: { zh: "就用这个", bo: "འདི་འདེམས།", en: "Take this" },
  shown: { zh: "目前显示的是它", bo: "ད་ལྟ་མངོན་པ་འདི་རེད།", en: "shown for now" },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  other: { zh: "都不对，填一个新值…", bo: "ཚང་མ་ནོར་འདུག གསར་པ་ཞིག་འབྲི།…", en: "None of them: write another…" },
  use: { zh: "用新值", bo: "གསར་པ་བེད་སྤྱོད།", en: "Use this value" },
  settled: { zh: "冲突已解决", bo: "འགལ་ཟླ་སེལ་ཟིན།", en: "Settled" },
};
