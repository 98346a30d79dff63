// bo: wants a native reader's review
export const words = {
  right: { zh: "准确", bo: "ཏག་ཏག", en: "Right" },
  ahead: { zh: (much: string) => `快 ${much}`, bo: (much: string) => `${much} མགྱོགས།`, en: (much: string) => `${much} fast` },
  behind: { zh: (much: string) => `慢 ${much}`, bo: (much: string) => `${much} འགོར།`, en: (much: string) => `${much} slow` },
  minutes: { zh: (n: number) => `${n} 分钟`, bo: (n: number) => `སྐར་མ་ ${n}`, en: (n: number) => `${n} min` },
  hours: { zh: (n: number) => `${n} 小时`, bo: (n: number) => `ཆུ་ཚོད་ ${n}`, en: (n: number) => `${n} h` },
  days: { zh: (n: number) => `${n} 天`, bo: (n: number) => `ཉིན་ ${n}`, en: (n: number) => `${n} days` },
};
