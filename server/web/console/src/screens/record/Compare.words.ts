// bo: wants a native reader's review
export const words = {
  title: { zh: "比较两个版本", bo: "པར་གཞི་གཉིས་བསྡུར།", en: "Compare two versions" },
  from: { zh: "从前", bo: "སྔོན།", en: "Before" },
  to: { zh: "后来", bo: "རྗེས།", en: "After" },
  now: { zh: "现在", bo: "ད་ལྟ།", en: "as it is now" },
  compare: { zh: "比较", bo: "བསྡུར།", en: "Compare" },
};
