// bo: wants a native reader's review
export const words = {
  title: { zh: "第二重验证", bo: "ར་སྤྲོད་གཉིས་པ།", en: "Second factor" },
  about: { zh: "登录时除了密码，还要输入手机验证器上的六位数字。管理员最好都设置。", bo: "ཐོ་འཇུག་སྐབས་གསང་ཨང་མ་ཟད་ཁ་པར་གྱི་ར་སྤྲོད་ཨང་གྲངས་དྲུག་འབྲི་དགོས། དོ་དམ་པ་ཚང་མས་བཙུགས་ན་ལེགས།", en: "At log-in, six digits from an authenticator on your phone are asked for besides the password. Administrators had better have one." },
  begin: { zh: "设置", bo: "འཛུགས།", en: "Set it up" },
  remove: { zh: "移除", bo: "སུབ།", en: "Remove it" },
  removeSure: { zh: "移除第二重验证？", bo: "ར་སྤྲོད་གཉིས་པ་སུབ་བམ།", en: "Remove the second factor?" },
  then: { zh: "之后只用密码就能登录。", bo: "དེ་ནས་གསང་ཨང་ཁོ་ནས་ཐོ་འཇུག་ཆོག", en: "From then on the password alone is enough." },
  password: { zh: "您的密码", bo: "ཁྱེད་ཀྱི་གསང་ཨང་།", en: "Your password" },
  removed: { zh: "已移除。", bo: "བསུབས་ཟིན།", en: "It is removed." },
  qr: { zh: "验证器用的二维码", bo: "ར་སྤྲོད་ཡོ་བྱད་ཀྱི་ QR", en: "QR code for an authenticator" },
  scan: { zh: "用手机上的验证器扫码，或输入下面的密钥，再填入它显示的六位数字。", bo: "ཁ་པར་གྱི་ར་སྤྲོད་ཡོ་བྱད་ཀྱིས་བཤེར་བའམ་འོག་གི་ལྡེ་མིག་བྲིས་ནས་ཨང་གྲངས་དྲུག་འབྲི།", en: "Scan it with an authenticator, or type the secret into one; then enter the six digits that it shows." },
  code: { zh: "六位数字", bo: "ཨང་གྲངས་དྲུག", en: "Six digits" },
  confirm: { zh: "确认", bo: "གཏན་འཁེལ།", en: "Confirm" },
  done: { zh: "第二重验证已启用。", bo: "ར་སྤྲོད་གཉིས་པ་བཙུགས་ཟིན།", en: "The second factor is set up." },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
