// bo: wants a native reader's review
export const words = {
  same: { zh: "内容完全一样", bo: "ནང་དོན་གཅིག་མཚུངས།", en: "alike in every field" },
  differ: { zh: (n: number) => `${n} 项不同`, bo: (n: number) => `མི་འདྲ་བ་ ${n}`, en: (n: number) => (n === 1 ? "1 field differs" : `${n} fields differ`) },
  caption: { zh: "两条可能重复的记录", bo: "བསྐྱར་ཟློས་ཡིན་སྲིད་པའི་ཐོ་འགོད་གཉིས།", en: "Two records that may be one" },
  field: { zh: "项目", bo: "རྣམ་གྲངས།", en: "Field" },
  first: { zh: "第一条", bo: "དང་པོ།", en: "The first" },
  second: { zh: "第二条", bo: "གཉིས་པ།", en: "The second" },
  other: { zh: "不同", bo: "མི་འདྲ།", en: "differs" },
  keepFirst: { zh: "只留第一条", bo: "དང་པོ་ཁོ་ན་ཉར།", en: "Keep only the first" },
  keepSecond: { zh: "只留第二条", bo: "གཉིས་པ་ཁོ་ན་ཉར།", en: "Keep only the second" },
  keepBoth: { zh: "是两件事，都留", bo: "དོན་གཉིས་རེད། གཉིས་ཀ་ཉར།", en: "Two events: keep both" },
  why: { zh: "不留的那条作废，填表人会看到原因", bo: "མ་ཉར་བ་དེ་དོན་མེད་བཟོ། འབྲི་མཁན་གྱིས་རྒྱུ་མཚན་མཐོང་རྒྱུ་རེད།", en: "The other is made void; its worker will read why" },
  reason: { zh: "与另一条记录重复", bo: "ཐོ་འགོད་གཞན་ཞིག་དང་བསྐྱར་ཟློས།", en: "duplicate of another record" },
  takeBack: { zh: "撤销：它们可能重复", bo: "ཕྱིར་བསྡུ། བསྐྱར་ཟློས་ཡིན་སྲིད།", en: "Undo: they may be one" },
  move: { zh: "前后移动", bo: "སྔོན་རྗེས།", en: "back and forth" },
};
