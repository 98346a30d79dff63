// bo: wants a native reader's review
export const words = {
  title: { zh: "修改填写的内容", bo: "བྲིས་པའི་ནང་དོན་བཟོ་བཅོས།", en: "Edit what was recorded" },
  save: { zh: "保存修改", bo: "བཟོ་བཅོས་ཉར།", en: "Save" },
  drop: { zh: "不改了", bo: "མི་བཅོས།", en: "Leave as it was" },
  saved: { zh: "修改已保存", bo: "བཟོ་བཅོས་ཉར་ཟིན།", en: "Saved" },
};
