// bo: wants a native reader's review
export const words = {
  field: { zh: "项目", bo: "རྣམ་གྲངས།", en: "Field" },
  nothing: { zh: "填写的内容没有差别。", bo: "བྲིས་པའི་ནང་དོན་ལ་ཁྱད་པར་མེད།", en: "No value differs." },
};
