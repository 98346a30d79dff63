// bo: wants a native reader's review
export const words = {
  title: { zh: "添加人员", bo: "མི་སྣ་སྣོན།", en: "Add a person" },
  name: { zh: "姓名", bo: "མིང་།", en: "Name" },
  username: { zh: "用户名", bo: "སྤྱོད་མིང་།", en: "Username" },
  rule: { zh: "小写字母、数字、点和连字符，如 doctor-03；以后不能改。", bo: "ཡི་གེ་ཆུང་བ། ཨང་གྲངས། ཚེག་དང་མཐུད་རྟགས། རྗེས་སུ་བསྒྱུར་མི་ཐུབ།", en: "Small letters, digits, dots and hyphens, such as doctor-03; permanent." },
  choose: { zh: "请选择单位", bo: "སྡེ་ཚན་འདེམས་རོགས།", en: "Choose a unit" },
  next: { zh: "添加以后，可以为此人打印手机注册卡。", bo: "བསྣན་རྗེས་མི་འདིར་ཁ་པར་གྱི་ཐོ་འགོད་བྱང་བུ་པར་འདེབས་བྱེད་ཆོག", en: "After this you can print the card with which they enrol their phone." },
  yes: { zh: "添加", bo: "སྣོན།", en: "Add" },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
