// bo: wants a native reader's review
export const words = {
  title: { zh: "经过", bo: "བྱུང་རིམ།", en: "History" },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  nth: { zh: (n: number) => `第 ${n} 版`, bo: (n: number) => `པར་གཞི་ ${n}`, en: (n: number) => `version ${n}` },
  received: { zh: (at: string) => `${at} 收到`, bo: (at: string) => `${at} ལ་འབྱོར།`, en: (at: string) => `received ${at}` },
  began: { zh: "建立了记录", bo: "ཐོ་འགོད་བཟོས།", en: "began the record" },
  more: { zh: (n: number) => `更早的 ${n} 次`, bo: (n: number) => `དེ་སྔོན་གྱི་ ${n}`, en: (n: number) => `${n} earlier` },
};
