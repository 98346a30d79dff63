// bo: wants a native reader's review
export const words = {
  title: { zh: "这台手机上的人", bo: "ཁ་པར་འདིའི་མི་སྣ།", en: "People on this phone" },
  here: { zh: "现在是", bo: "ད་ལྟ།", en: "now" },
  add: { zh: "添加一个人", bo: "མི་གཅིག་སྣོན།", en: "Add somebody" },
  remove: { zh: "从这台手机移除", bo: "ཁ་པར་འདི་ནས་ཕྱིར་འཐེན།", en: "Remove from this phone" },
  sure: { zh: (name: string) => `移除 ${name}？`, bo: (name: string) => `${name} ཕྱིར་འཐེན་ནམ།`, en: (name: string) => `Remove ${name}?` },
  stays: { zh: "服务器上的记录不受影响。再来时需要新的码。", bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱི་ཐོ་འགོད་ལ་གནོད་མེད། ཕྱིར་ཡོང་དུས་ཨང་གསར་པ་དགོས།", en: "What is on the server stays there. To come back, a new code is needed." },
  lost: { zh: "没送出的和没写完的会丢失！", bo: "མ་བསྐུར་བ་དང་མ་ཚར་བ་བརླག་ངེས།", en: "What was not sent or not finished will be lost!" },
  yes: { zh: "移除", bo: "ཕྱིར་འཐེན།", en: "Remove" },
  yesLose: { zh: "仍然移除", bo: "ཡིན་ན་ཡང་ཕྱིར་འཐེན།", en: "Remove all the same" },
  no: { zh: "不", bo: "མིན།", en: "No" },
};
