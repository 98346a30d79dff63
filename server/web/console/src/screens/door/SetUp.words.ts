// bo: wants a native reader's review
export const words = {
  title: { zh: "第一位管理员", bo: "དོ་དམ་པ་དང་པོ།", en: "The first administrator" },
  about: { zh: "还没有人管理这台服务器。启动时的窗口里印有设置码。", bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་འདི་ལ་དོ་དམ་པ་མེད། འགོ་འཛུགས་སྐབས་ཀྱི་སྒེའུ་ཁུང་ནང་ཨང་ཡོད།", en: "Nobody administers this server yet. The terminal in which it runs shows a set-up code." },
  code: { zh: "设置码", bo: "སྒྲིག་འགོད་ཨང་།", en: "Set-up code" },
  unitName: { zh: "最上级单位的名称（如：昌都市）", bo: "ཆེས་མཐོ་བའི་སྡེ་ཚན་གྱི་མིང་།", en: "Name of the highest unit (a prefecture)" },
  unitCode: { zh: "它的代码（如：changdu）", bo: "དེའི་ཨང་རྟགས།", en: "Its code (such as changdu)" },
  codeRule: { zh: "小写字母、数字、点和连字符；以后不能改。", bo: "ཡི་གེ་ཆུང་བ། ཨང་གྲངས། ཚེག་དང་མཐུད་རྟགས། རྗེས་སུ་བསྒྱུར་མི་ཐུབ།", en: "Small letters, digits, dots and hyphens; permanent." },
  name: { zh: "您的姓名", bo: "ཁྱེད་ཀྱི་མིང་།", en: "Your name" },
  username: { zh: "登录用的用户名", bo: "ཐོ་འཇུག་གི་མིང་།", en: "Username to log in with" },
  password: { zh: "密码（10 个字以上）", bo: "གསང་ཨང་ (ཡི་གེ་ ༡༠ ཡན)", en: "Password (10 characters or more)" },
  begin: { zh: "开始", bo: "འགོ་འཛུགས།", en: "Begin" },
};
