// bo: wants a native reader's review
export const words = {
  ahead: { zh: (span: string) => `设备时钟快了 ${span}`, bo: (span: string) => `ཡོ་བྱད་ཀྱི་ཆུ་ཚོད་ ${span} མགྱོགས།`, en: (span: string) => `the device's clock was ${span} ahead` },
  late: { zh: (span: string) => `${span}后才收到`, bo: (span: string) => `${span} རྗེས་འབྱོར།`, en: (span: string) => `received ${span} later` },
  minutes: { zh: (n: number) => `${n} 分钟`, bo: (n: number) => `སྐར་མ་ ${n}`, en: (n: number) => `${n} minutes` },
  hours: { zh: (n: number) => `${n} 小时`, bo: (n: number) => `ཆུ་ཚོད་ ${n}`, en: (n: number) => `${n} hours` },
  days: { zh: (n: number) => `${n} 天`, bo: (n: number) => `ཉིན་ ${n}`, en: (n: number) => `${n} days` },
};
