// bo: wants a native reader's review
export const words = {
  rows: { zh: "项目", bo: "རྣམ་གྲངས།", en: "Group" },
};
