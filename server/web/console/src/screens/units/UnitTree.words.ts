// bo: wants a native reader's review
export const words = {
  tree: { zh: "单位树", bo: "སྡེ་ཚན་གྱི་རིམ་པ།", en: "The tree of units" },
  search: { zh: "查找单位", bo: "སྡེ་ཚན་འཚོལ།", en: "Find a unit" },
  open: { zh: (name: string) => `展开 ${name}`, bo: (name: string) => `ཁ་ཕྱེ། ${name}`, en: (name: string) => `Open ${name}` },
  close: { zh: (name: string) => `收起 ${name}`, bo: (name: string) => `ཁ་རྒྱག ${name}`, en: (name: string) => `Close ${name}` },
  none: { zh: "没有找到。", bo: "མ་རྙེད།", en: "None was found." },
};
