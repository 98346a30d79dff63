// bo: wants a native reader's review
export const words = {
  title: { zh: "记录", bo: "ཐོ་འགོད།", en: "Record" },
  opening: { zh: "正在打开…", bo: "ཁ་ཕྱེ་བཞིན་པ།…", en: "Opening…" },
  move: { zh: "列表中的前后", bo: "ཐོ་གཞུང་ནང་སྔོན་རྗེས།", en: "back and forth in the list" },
};
