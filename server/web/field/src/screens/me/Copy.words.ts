// bo: wants a native reader's review
export const words = {
  title: { zh: "副本", bo: "འདྲ་བཤུས།", en: "Copy" },
  hint: {
    zh: "没有网络也不怕：把没送出的存成文件，用 U 盘或另一台手机带走。",
    bo: "དྲ་རྒྱ་མེད་ཀྱང་མི་འཇིགས། མ་བསྐུར་བ་ཡིག་ཆ་ཞིག་ཏུ་ཉར་ནས་ཁྱེར་ཆོག",
    en: "Without a network: keep what was not sent in a file, and carry it by hand.",
  },
  save: { zh: "存一份副本", bo: "འདྲ་བཤུས་ཉར།", en: "Save a copy" },
  read: { zh: "读入副本", bo: "འདྲ་བཤུས་ཀློག", en: "Read a copy" },
  saved: { zh: "副本已存", bo: "འདྲ་བཤུས་ཉར་ཟིན།", en: "The copy is saved" },
  done: {
    zh: (n: string) => `副本已读入，${n} 处是新的`,
    bo: (n: string) => `འདྲ་བཤུས་བཀླགས་ཟིན། གསར་པ་ ${n}`,
    en: (n: string) => `The copy is read: ${n} new`,
  },
};
