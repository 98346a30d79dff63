// bo: wants a native reader's review
export const words = {
  period: { zh: "时段", bo: "དུས་ཡུན།", en: "Period" },
  from: { zh: "从", bo: "ནས།", en: "From" },
  to: { zh: "到", bo: "བར།", en: "To" },
  thisMonth: { zh: "本月", bo: "ཟླ་བ་འདི།", en: "This month" },
  lastMonth: { zh: "上月", bo: "ཟླ་བ་སྔོན་མ།", en: "Last month" },
  thisQuarter: { zh: "本季度", bo: "དུས་ཚིགས་འདི།", en: "This quarter" },
  thisYear: { zh: "今年", bo: "ལོ་འདི།", en: "This year" },
  year: { zh: (y: number) => `${y} 年`, bo: (y: number) => `${y} ལོ།`, en: (y: number) => `${y}` },
  lastWork: { zh: "最近有记录的十二个月", bo: "ཐོ་འགོད་ཡོད་པའི་ཟླ་བ་བཅུ་གཉིས་མཐའ་མ།", en: "The last 12 months with records" },
  own: { zh: "自选日期", bo: "རང་གིས་བདམས་པ།", en: "Own days" },
};
