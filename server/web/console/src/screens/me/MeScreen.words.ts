// bo: wants a native reader's review
export const words = {
  leave: { zh: "退出登录", bo: "ཕྱིར་ཐོན།", en: "Log out" },
  look: { zh: "语言和外观", bo: "སྐད་ཡིག་དང་མཐོང་སྣང་།", en: "Language and look" },
  language: { zh: "语言", bo: "སྐད་ཡིག", en: "Language" },
  theme: { zh: "外观", bo: "མཐོང་སྣང་།", en: "Look" },
  auto: { zh: "跟随系统", bo: "མ་ལག་ལྟར།", en: "As the system" },
  light: { zh: "浅色", bo: "དཀར་མདངས།", en: "Light" },
  dark: { zh: "深色", bo: "ནག་མདངས།", en: "Dark" },
  roles: { zh: "我的角色", bo: "ངའི་འགན།", en: "My roles" },
  noRole: { zh: "没有角色", bo: "འགན་མེད།", en: "No role" },
  until: { zh: (when: string) => `本次登录到 ${when} 为止。`, bo: (when: string) => `ཐོ་འཇུག་འདི་ ${when} བར་ནུས་ལྡན།`, en: (when: string) => `This log-in lasts until ${when}.` },
};
