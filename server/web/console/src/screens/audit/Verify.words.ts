// bo: wants a native reader's review
export const words = {
  title: { zh: "日志是否完整", bo: "ཐོ་ཡིག་ཆ་ཚང་ཡིན་མིན།", en: "Whether the log is whole" },
  about: { zh: "每一条都与前一条相连。重新计算一遍，就能看出有没有人动过。", bo: "རེ་རེ་སྔོན་མ་དང་མཐུད་ཡོད། ཡང་བསྐྱར་རྩིས་ན་བཟོ་བཅོས་བྱས་མིན་ཤེས།", en: "Each entry is bound to the one before it. Computing all of them again shows whether any was altered." },
  verify: { zh: "验证", bo: "ར་སྤྲོད།", en: "Verify" },
  busy: { zh: "正在验证…", bo: "ར་སྤྲོད་བྱེད་བཞིན་པ…", en: "Verifying…" },
  whole: { zh: "完整", bo: "ཆ་ཚང་།", en: "Whole" },
  rows: { zh: (n: string) => `${n} 条都没有被动过。`, bo: (n: string) => `ཐོ་ ${n} བཟོ་བཅོས་མ་བྱས།`, en: (n: string) => `None of ${n} entries was altered.` },
  altered: { zh: (n: string) => `从第 ${n} 条起对不上！`, bo: (n: string) => `ཨང་ ${n} ནས་མི་མཐུན།`, en: (n: string) => `It does not fit from number ${n} on!` },
  then: { zh: "有人直接改动了数据库。请保留现状，与备份比较，并告诉负责服务器的人。", bo: "མི་ཞིག་གིས་གཞི་གྲངས་མཛོད་ཐད་ཀར་བཅོས་འདུག ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱི་འགན་འཁུར་པར་ཤོད་རོགས།", en: "Somebody has changed the database itself. Keep it as it is, compare it with a backup, and tell whoever runs the server." },
};
