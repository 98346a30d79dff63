// bo: wants a native reader's review

/** What stands over each column. */
export const words = {
  form: { zh: "表格", bo: "རེའུ་མིག", en: "Form" },
  unit: { zh: "单位", bo: "སྡེ་ཚན།", en: "Unit" },
  worker: { zh: "填表人", bo: "འབྲི་མཁན།", en: "Worker" },
  status: { zh: "审核", bo: "ཞིབ་བཤེར།", en: "Review" },
  values: { zh: "内容", bo: "ནང་དོན།", en: "Content" },
  marks: { zh: "问题", bo: "དཀའ་ངལ།", en: "Attention" },
  comments: { zh: "意见", bo: "བསམ་འཆར།", en: "Comments" },
  changes: { zh: "改动", bo: "བཟོ་བཅོས།", en: "Changes" },
  created: { zh: "填写时间", bo: "བྲིས་པའི་དུས་ཚོད།", en: "Written" },
};
