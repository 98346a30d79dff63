// bo: wants a native reader's review
export const words = {
  title: { zh: "今天做了什么？", bo: "དེ་རིང་ཅི་བྱས།", en: "What did you do?" },
  noForms: {
    zh: "还没有表格。联网后会自动收到。",
    bo: "ད་དུང་རེའུ་མིག་མེད། དྲ་རྒྱ་དང་སྦྲེལ་རྗེས་རང་འགུལ་གྱིས་འབྱོར་ངེས།",
    en: "No forms yet. They come by themselves as soon as there is a network.",
  },
  syncing: { zh: "正在取表格…", bo: "རེའུ་མིག་ལེན་བཞིན་པ།…", en: "Fetching the forms…" },
};
