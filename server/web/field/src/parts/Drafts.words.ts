// bo: wants a native reader's review
export const words = {
  drafts: { zh: "没写完的", bo: "མ་ཚར་བ།", en: "Not finished" },
  kept: { zh: (when: string) => `${when}写的`, bo: (when: string) => `${when} བྲིས།`, en: (when: string) => `written ${when}` },
  editing: { zh: "修改中", bo: "བཟོ་བཅོས་བྱེད་བཞིན་པ།", en: "being edited" },
};
