// bo: wants a native reader's review
export const words = {
  views: { zh: "常用筛选", bo: "རྒྱུན་སྤྱོད་འདེམས་ཆས།", en: "Saved views" },
  drop: { zh: (name: string) => `删除常用筛选 ${name}`, bo: (name: string) => `${name} བསུབ།`, en: (name: string) => `Remove the view ${name}` },
  begin: { zh: "存为常用筛选", bo: "རྒྱུན་སྤྱོད་ལ་ཉར།", en: "Save this view" },
  name: { zh: "给它起个名字", bo: "མིང་ཞིག་འདོགས།", en: "A name for it" },
  keep: { zh: "保存", bo: "ཉར།", en: "Save" },
};
