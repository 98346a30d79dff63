// bo: wants a native reader's review
export const words = {
  title: { zh: "设密码", bo: "གསང་ཨང་བཟོ།", en: "Set a password" },
  about: { zh: "一次性码由管理员给您。密码要 10 到 200 个字。", bo: "ཐེངས་གཅིག་གི་ཨང་དོ་དམ་པས་སྟེར། གསང་ཨང་ལ་ཡི་གེ་ ༡༠ ནས་ ༢༠༠ དགོས།", en: "An administrator gives you the one-time code. A password has 10 to 200 characters." },
  code: { zh: "一次性码", bo: "ཐེངས་གཅིག་གི་ཨང་།", en: "One-time code" },
  password: { zh: "新密码", bo: "གསང་ཨང་གསར་པ།", en: "New password" },
  set: { zh: "设密码并登录", bo: "གསང་ཨང་བཟོས་ནས་ཐོ་འཇུག", en: "Set it and log in" },
  back: { zh: "返回登录", bo: "ཐོ་འཇུག་ལ་ལོག", en: "Back to the log-in" },
  done: { zh: (u: string) => `${u} 的密码已设好`, bo: (u: string) => `${u} གི་གསང་ཨང་བཟོས་ཟིན།`, en: (u: string) => `The password of ${u} is set` },
};
