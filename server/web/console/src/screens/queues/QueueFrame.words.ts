// bo: wants a native reader's review
export const words = {
  left: { zh: (n: string) => `还有 ${n} 条`, bo: (n: string) => `ལྷག་མ་ ${n}`, en: (n: string) => `${n} left` },
  done: { zh: (n: string) => `已处理 ${n} 条`, bo: (n: string) => `ཐག་བཅད་པ་ ${n}`, en: (n: string) => `${n} decided` },
  list: { zh: "还没有处理的", bo: "ཐག་བཅད་མེད་པ།", en: "What is left" },
  current: { zh: "正在处理的这一条", bo: "ད་ལྟ་ཐག་གཅོད་བཞིན་པ།", en: "The one being decided" },
  searching: { zh: "还在找…", bo: "འཚོལ་བཞིན་པ།…", en: "Still searching…" },
  stop: { zh: "不找了", bo: "མཚམས་འཇོག", en: "Stop" },
  more: { zh: "显示更多", bo: "དེ་ལས་མང་བ།", en: "Show more" },
  overtaken: { zh: "别人刚刚处理了这一条。", bo: "མི་གཞན་གྱིས་འདི་ཐག་བཅད་ཟིན།", en: "Somebody else has just decided this one." },
  kept: { zh: "您写的字还在。", bo: "ཁྱེད་ཀྱིས་བྲིས་པ་ད་དུང་ཡོད།", en: "What you wrote is still here." },
  next: { zh: "下一条", bo: "རྗེས་མ།", en: "Next" },
  skip: { zh: "先跳过这一条", bo: "འདི་མཆོང་།", en: "Skip this one for now" },
  nothing: { zh: "这里没有要处理的。", bo: "འདིར་ཐག་གཅོད་དགོས་པ་མེད།", en: "Nothing waits here." },
  over: { zh: "都处理完了。", bo: "ཚང་མ་ཐག་བཅད་ཟིན།", en: "All done." },
  reading: { zh: "正在读取…", bo: "ཀློག་བཞིན་པ།…", en: "Reading…" },
};
