// bo: wants a native reader's review

/** The roles, from the one who may do most. */
export const words = {
  administrator: { zh: "管理员", bo: "དོ་དམ་པ།", en: "Administrator" },
  reviewer: { zh: "审核人", bo: "ཞིབ་བཤེར་པ།", en: "Reviewer" },
  recorder: { zh: "填报人", bo: "ཐོ་འགོད་པ།", en: "Recorder" },
  observer: { zh: "查看人", bo: "ལྟ་ཞིབ་པ།", en: "Observer" },
};
