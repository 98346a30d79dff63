// bo: wants a native reader's review
export const words = {
  kind: { zh: "类别", bo: "རིགས།", en: "Kind" },
  code: { zh: "代码", bo: "ཨང་རྟགས།", en: "Code" },
  below: { zh: "下属单位", bo: "འོག་གི་སྡེ་ཚན།", en: "Below it" },
  units: { zh: (n: number) => `${n} 个`, bo: (n: number) => `གྲངས་ ${n}`, en: (n: number) => (n === 1 ? "1 unit" : `${n} units`) },
  rightBelow: { zh: "直属单位", bo: "ཐད་ཀར་འོག་གི་སྡེ་ཚན།", en: "Right below" },
  begin: {
    zh: "先添加下属单位（区县、医院、学校），再在单位里添加人员，为他们打印手机注册卡。",
    bo: "སྔོན་ལ་འོག་གི་སྡེ་ཚན་ (རྫོང་། སྨན་ཁང་། སློབ་གྲྭ།) སྣོན། དེ་ནས་སྡེ་ཚན་ནང་མི་སྣ་སྣོན་ཏེ་ཁོ་ཚོའི་ཁ་པར་ཐོ་འགོད་བྱང་བུ་པར་འདེབས་བྱེད།",
    en: "First add the units below: counties, hospitals, schools. Then add people there, and print the cards with which they enrol their phones.",
  },
  records: { zh: "查看记录", bo: "ཐོ་འགོད་ལ་ལྟ།", en: "Records" },
  devices: { zh: "查看设备", bo: "སྒྲིག་ཆས་ལ་ལྟ།", en: "Devices" },
  addPerson: { zh: "在此添加人员", bo: "འདིར་མི་སྣ་སྣོན།", en: "Add a person here" },
  add: { zh: "添加下属单位", bo: "འོག་གི་སྡེ་ཚན་སྣོན།", en: "Add a unit below" },
  rename: { zh: "改名", bo: "མིང་བསྒྱུར།", en: "Rename" },
  renameWhich: { zh: (name: string) => `改名：${name}`, bo: (name: string) => `མིང་བསྒྱུར། ${name}`, en: (name: string) => `Rename ${name}` },
  name: { zh: "名称", bo: "མིང་།", en: "Name" },
  codeStays: { zh: "代码不变，已有的记录仍属于它。", bo: "ཨང་རྟགས་མི་འགྱུར། ཡོད་པའི་ཐོ་འགོད་དེའི་ཁོངས་སུ་གནས།", en: "The code stays, and all its records stay with it." },
  move: { zh: "移动", bo: "སྤོ།", en: "Move" },
  keep: { zh: "保存", bo: "ཉར་ཚགས།", en: "Save" },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
