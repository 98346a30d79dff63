// bo: wants a native reader's review
export const words = {
  kept: { zh: "浏览器答应保留这些记录。", bo: "བལྟ་ཆས་ཀྱིས་ཐོ་འགོད་ཉར་རྒྱུ་ཁས་བླངས་འདུག", en: "The browser has promised to keep these records." },
  mayGo: {
    zh: "手机存满时，浏览器可能清除这些记录。请常同步，或让浏览器保留。",
    bo: "ཁ་པར་ཁེངས་ན་བལྟ་ཆས་ཀྱིས་ཐོ་འགོད་བསུབ་སྲིད། མཉམ་སྒྲིག་ཡང་ཡང་བྱེད་རོགས།",
    en: "When the phone is full, the browser may clear these records. Sync often, or ask it to keep them.",
  },
  ask: { zh: "请浏览器保留", bo: "བལྟ་ཆས་ལ་ཉར་དུ་འཇུག", en: "Ask the browser to keep them" },
  free: { zh: (n: string) => `还有 ${n} MB 空间`, bo: (n: string) => `ས་སྟོང་ ${n} MB`, en: (n: string) => `${n} MB of room left` },
};
