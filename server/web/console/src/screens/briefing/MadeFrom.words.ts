// bo: wants a native reader's review
export const words = {
  title: { zh: "根据哪些修改生成", bo: "བཟོ་བཅོས་གང་ལ་གཞིགས་ཏེ་བཟོས།", en: "What it was made from" },
  about: { zh: "每个单位读到第几个修改。用同样的位置可以再生成一样的简报，即使以后又有新记录。", bo: "སྡེ་ཚན་རེའི་བཟོ་བཅོས་གང་བར་བཀླགས་པ། གནས་ས་གཅིག་པས་སྙན་ཐོ་གཅིག་པ་ཡང་བསྐྱར་བཟོ་ཐུབ།", en: "Up to which change each unit was read. From the same positions the same briefing can be made again, whatever comes later." },
  positions: { zh: "位置：每行一个单位代码和一个数", bo: "གནས་ས། ཕྲེང་རེར་སྡེ་ཚན་ཨང་རྟགས་དང་གྲངས་ཤིག", en: "Positions: a unit's code and a number on each line" },
  wrong: { zh: (l: string) => `读不懂这一行：${l}`, bo: (l: string) => `ཕྲེང་འདི་མི་གོ: ${l}`, en: (l: string) => `This line cannot be read: ${l}` },
  again: { zh: "按这些位置重新生成", bo: "གནས་ས་འདི་ལྟར་བསྐྱར་བཟོ།", en: "Make it again from these" },
};
