// bo: wants a native reader's review
export const words = {
  title: { zh: "注册手机、设置密码", bo: "ཁ་པར་ཐོ་འགོད་དང་གསང་ཨང་།", en: "Enrol a phone, set a password" },
  about: { zh: "每个码只能用一次，只在生成时显示。可以打印成卡片交给本人。", bo: "ཨང་རེ་རེ་ཐེངས་གཅིག་ལས་བཀོལ་མི་ཐུབ། བཟོ་སྐབས་མ་གཏོགས་མི་མངོན། བྱང་བུ་པར་འདེབས་བྱས་ནས་སྤྲོད་ཆོག", en: "Each code works once and is seen only when it is made. Print it as a card and hand it over." },
  noRole: { zh: "此人还没有角色，注册以后也不能填报。", bo: "མི་འདིར་འགན་མེད་པས་ཐོ་འགོད་བྱེད་མི་ཐུབ།", en: "They have no role yet: an enrolled phone could not log anything." },
  lasts: { zh: "有效期", bo: "ནུས་ཡུན།", en: "Lasts" },
  days: { zh: (n: number) => `${n} 天`, bo: (n: number) => `ཉིན་ ${n}`, en: (n: number) => (n === 1 ? "1 day" : `${n} days`) },
  device: { zh: "生成手机注册卡", bo: "ཁ་པར་ཐོ་འགོད་བྱང་བུ་བཟོ།", en: "Make an enrolment card" },
  password: { zh: "生成密码设置卡", bo: "གསང་ཨང་བྱང་བུ་བཟོ།", en: "Make a password card" },
};
