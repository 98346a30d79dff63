// bo: wants a native reader's review
export const words = {
  title: { zh: "修改密码", bo: "གསང་ཨང་བསྒྱུར།", en: "Change the password" },
  before: { zh: "现在的密码", bo: "ད་ལྟའི་གསང་ཨང་།", en: "Present password" },
  password: { zh: "新密码（10 个字以上）", bo: "གསང་ཨང་གསར་པ། (ཡི་གེ་ ༡༠ ཡན)", en: "New password (10 characters or more)" },
  again: { zh: "再输一遍", bo: "ཡང་བསྐྱར་འབྲི།", en: "Once more" },
  differs: { zh: "两次不一样。", bo: "གཉིས་མི་མཐུན།", en: "The two differ." },
  then: { zh: "您在别处的登录会全部退出。", bo: "ཁྱེད་ཀྱི་གཞན་དུ་ཡོད་པའི་ཐོ་འཇུག་ཚང་མ་མཚམས་འཇོག", en: "You are logged out everywhere else." },
  change: { zh: "修改密码", bo: "གསང་ཨང་བསྒྱུར།", en: "Change it" },
  done: { zh: "密码已修改。", bo: "གསང་ཨང་བསྒྱུར་ཟིན།", en: "The password is changed." },
};
