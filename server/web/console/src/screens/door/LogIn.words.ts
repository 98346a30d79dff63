// bo: wants a native reader's review
export const words = {
  title: { zh: "登录", bo: "ཐོ་འཇུག", en: "Log in" },
  expired: { zh: "登录已过期。请重新登录。", bo: "ཐོ་འཇུག་གི་དུས་ཚོད་ཡོལ་ཟིན། ཡང་བསྐྱར་ཐོ་འཇུག་བྱེད་རོགས།", en: "The log-in has ended. Log in again." },
  username: { zh: "用户名", bo: "སྤྱོད་མཁན་མིང་།", en: "Username" },
  password: { zh: "密码", bo: "གསང་ཨང་།", en: "Password" },
  code: { zh: "验证器上的六位数字", bo: "ར་སྤྲོད་ཡོ་བྱད་ཀྱི་ཨང་གྲངས་དྲུག", en: "Six digits of your authenticator" },
  enter: { zh: "登录", bo: "ཐོ་འཇུག", en: "Log in" },
  haveCode: { zh: "第一次登录，或忘了密码：用一次性码设密码", bo: "ཐོག་མར་རམ་གསང་ཨང་བརྗེད་ན། ཐེངས་གཅིག་གི་ཨང་གིས་གསང་ཨང་བཟོ།", en: "First time here, or password forgotten: set one with a one-time code" },
};
