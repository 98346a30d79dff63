// bo: wants a native reader's review
export const words = {
  by: { zh: (who: string) => `填表人 ${who}`, bo: (who: string) => `འབྲི་མཁན་ ${who}`, en: (who: string) => `by ${who}` },
  version: { zh: (n: number) => `表格第 ${n} 版`, bo: (n: number) => `རེའུ་མིག་པར་གཞི་ ${n}`, en: (n: number) => `form version ${n}` },
  values: { zh: "填写的内容", bo: "བྲིས་པའི་ནང་དོན།", en: "What was recorded" },
  edit: { zh: "修改", bo: "བཟོ་བཅོས།", en: "Edit" },
  approve: { zh: "通过", bo: "ཆོག་མཆན།", en: "approve" },
  sendBack: { zh: "退回", bo: "ཕྱིར་སློག", en: "return" },
  comment: { zh: "写意见", bo: "བསམ་འཆར་བྲིས།", en: "comment" },
  take: { zh: "选用第几个值", bo: "གྲངས་ཀ་འདེམས།", en: "take that value" },
};
