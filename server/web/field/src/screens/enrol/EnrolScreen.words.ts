// bo: wants a native reader's review
export const words = {
  title: { zh: "开始使用", bo: "འགོ་འཛུགས།", en: "Begin" },
  hint: {
    zh: "输入管理员给您的码，或扫描二维码。",
    bo: "དོ་དམ་པས་སྤྲད་པའི་ཨང་རྟགས་འབྲི་བའམ་ QR བཤེར་རོགས།",
    en: "Type the code that your administrator gave you, or scan it.",
  },
  code: { zh: "注册码", bo: "ཐོ་འགོད་ཨང་།", en: "Code" },
  device: { zh: "这台手机叫什么", bo: "ཁ་པར་འདིའི་མིང་།", en: "Name of this phone" },
  scan: { zh: "扫描二维码", bo: "QR བཤེར་བ།", en: "Scan the code" },
  stop: { zh: "关闭相机", bo: "པར་ཆས་ཁ་རྒྱག", en: "Close the camera" },
  go: { zh: "注册", bo: "ཐོ་འགོད་བྱེད།", en: "Enrol" },
  going: { zh: "正在注册…", bo: "ཐོ་འགོད་བྱེད་བཞིན་པ།…", en: "Enrolling…" },
  back: { zh: "返回", bo: "ཕྱིར་ལོག", en: "Back" },
  noCamera: { zh: "相机用不了。请输入码。", bo: "པར་ཆས་བེད་སྤྱོད་མི་ཐུབ། ཨང་རྟགས་འབྲི་རོགས།", en: "The camera cannot be used. Type the code." },
  language: { zh: "语言", bo: "སྐད་ཡིག", en: "Language" },
  phone: { zh: "手机", bo: "ཁ་པར།", en: "phone" },
  computer: { zh: "电脑", bo: "གློག་ཀླད།", en: "computer" },
};
