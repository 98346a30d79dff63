// bo: wants a native reader's review
export const words = {
  justNow: { zh: "刚刚", bo: "ད་ལྟ།", en: "just now" },
  minutesAgo: {
    zh: (n: number) => `${n} 分钟前`,
    bo: (n: number) => `སྐར་མ་ ${n} སྔོན་ལ།`,
    en: (n: number) => (n === 1 ? "1 minute ago" : `${n} minutes ago`),
  },
  hoursAgo: {
    zh: (n: number) => `${n} 小时前`,
    bo: (n: number) => `ཆུ་ཚོད་ ${n} སྔོན་ལ།`,
    en: (n: number) => (n === 1 ? "1 hour ago" : `${n} hours ago`),
  },
  daysAgo: {
    zh: (n: number) => `${n} 天前`,
    bo: (n: number) => `ཉིན་ ${n} སྔོན་ལ།`,
    en: (n: number) => (n === 1 ? "1 day ago" : `${n} days ago`),
  },
  monthsAgo: {
    zh: (n: number) => `${n} 个月前`,
    bo: (n: number) => `ཟླ་བ་ ${n} སྔོན་ལ།`,
    en: (n: number) => (n === 1 ? "1 month ago" : `${n} months ago`),
  },
  today: { zh: "今天", bo: "དེ་རིང་།", en: "Today" },
  yesterday: { zh: "昨天", bo: "ཁ་སང་།", en: "Yesterday" },
  noDay: { zh: "没有日期", bo: "ཟླ་ཚེས་མེད།", en: "No date" },
  /** Month and day, as short as can be. */
  tibetanMonthDay: {
    zh: (m: number, d: number) => `${m}月${d}日`,
    bo: (m: number, d: number) => `ཟླ་ ${m} ཚེས་ ${d}`,
    en: (m: number, d: number) => `${d}/${m}`,
  },
};
