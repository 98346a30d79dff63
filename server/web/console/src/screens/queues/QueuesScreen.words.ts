// bo: wants a native reader's review
export const words = {
  title: { zh: "待办", bo: "སྒྲུབ་འོས།", en: "To do" },
  kinds: { zh: "待办的种类", bo: "སྒྲུབ་འོས་ཀྱི་རིགས།", en: "Kinds of work" },
};
