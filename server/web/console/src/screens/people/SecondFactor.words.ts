// bo: wants a native reader's review
export const words = {
  title: { zh: "第二重验证", bo: "ར་སྤྲོད་གཉིས་པ།", en: "Second factor" },
  about: { zh: "此人丢了验证器时，可以在这里重置。", bo: "མི་འདིའི་ར་སྤྲོད་ཡོ་བྱད་བོར་ན་འདིར་སླར་སྒྲིག་བྱེད་ཆོག", en: "If they have lost their authenticator, it can be reset here." },
  reset: { zh: "重置第二重验证", bo: "ར་སྤྲོད་གཉིས་པ་སླར་སྒྲིག", en: "Reset the second factor" },
  sure: { zh: (name: string) => `重置 ${name} 的第二重验证？`, bo: (name: string) => `${name} ཡི་ར་སྤྲོད་གཉིས་པ་སླར་སྒྲིག་གམ།`, en: (name: string) => `Reset the second factor of ${name}?` },
  then: { zh: "之后只用密码就能登录，直到本人重新设置。请先确认是本人提出的。", bo: "དེ་ནས་གསང་ཨང་ཁོ་ནས་ཐོ་འཇུག་ཆོག ཁོ་རང་གིས་རེ་འདུན་བྱས་མིན་ཞིབ་འཇུག་བྱེད་རོགས།", en: "Their password alone is enough until they set up another. Make sure that it is they who ask." },
  done: { zh: "已重置。", bo: "སླར་སྒྲིག་བྱས་ཟིན།", en: "It is reset." },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
