// bo: wants a native reader's review
export const words = {
  chart: { zh: "（在图中看）", bo: "(རི་མོའི་ནང་ལྟ།)", en: "(show in the charts)" },
  open: { zh: (m: string, n: string) => `${m}：${n}，打开记录`, bo: (m: string, n: string) => `${m}: ${n} ཐོ་འགོད་ཁ་ཕྱེ།`, en: (m: string, n: string) => `${m}: ${n}, open the records` },
  before: { zh: (n: string) => `上期 ${n}`, bo: (n: string) => `སྔོན་མ་ ${n}`, en: (n: string) => `before: ${n}` },
};
