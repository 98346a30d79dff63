// bo: wants a native reader's review
export const words = {
  title: { zh: "人员", bo: "མི་སྣ།", en: "People" },
  add: { zh: "添加人员", bo: "མི་སྣ་སྣོན།", en: "Add a person" },
  search: { zh: "按姓名或用户名查找", bo: "མིང་ངམ་སྤྱོད་མིང་གིས་འཚོལ།", en: "Find by name or username" },
  name: { zh: "姓名", bo: "མིང་།", en: "Name" },
  username: { zh: "用户名", bo: "སྤྱོད་མིང་།", en: "Username" },
  roles: { zh: "角色和单位", bo: "འགན་དང་སྡེ་ཚན།", en: "Roles and units" },
  noRole: { zh: "没有角色", bo: "འགན་མེད།", en: "No role" },
  none: { zh: "还没有人员。", bo: "ད་དུང་མི་སྣ་མེད།", en: "There is nobody yet." },
  noneFound: { zh: "没有找到。", bo: "མ་རྙེད།", en: "Nobody was found." },
};
