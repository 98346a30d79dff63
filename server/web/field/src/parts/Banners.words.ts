// bo: wants a native reader's review
export const words = {
  update: { zh: "有新版本 — 点此更新", bo: "པར་གཞི་གསར་པ་འདུག — འདིར་གནོན་ནས་གསར་སྒྱུར་བྱེད།", en: "New version — tap to update" },
  restarted: { zh: "应用内部出错，已从存储重新启动。已保存的都在。", bo: "མཉེན་ཆས་ནང་ནོར་འཁྲུལ་བྱུང་ནས་བསྐྱར་དུ་བཀྲམས་ཟིན། ཉར་བ་ཚང་མ་ཡོད།", en: "The app failed inside and was started again from the store. What was saved is there." },
  close: { zh: "知道了", bo: "ཤེས་སོང་།", en: "Understood" },
  cleared: {
    zh: (names: string) => `浏览器清除了这台手机上的记录（${names}）。已同步的都在服务器上；请重新注册。`,
    bo: (names: string) => `བལྟ་ཆས་ཀྱིས་ཁ་པར་འདིའི་ཐོ་འགོད་བསུབས་འདུག (${names}) མཉམ་སྒྲིག་བྱས་ཟིན་པ་ཚང་མ་ཞབས་ཞུ་འཕྲུལ་ཆས་སུ་ཡོད། ཡང་བསྐྱར་ཐོ་འགོད་བྱེད་རོགས།`,
    en: (names: string) => `This phone's records were cleared by the browser (${names}). What was synced is on the server. Enrol again.`,
  },
  oldWork: {
    zh: (days: number) => `有记录 ${days} 天没有送出。请找网络，或“存一份副本”。`,
    bo: (days: number) => `ཐོ་འགོད་འགའ་ཞིག་ཉིན་ ${days} རིང་བསྐུར་མ་ཐུབ། དྲ་རྒྱ་འཚོལ་བའམ་འདྲ་བཤུས་ཉར་རོགས།`,
    en: (days: number) => `Records have waited for ${days} days. Find a network, or save a copy.`,
  },
  short: { zh: "手机快满了。请腾出一些空间。", bo: "ཁ་པར་ཁེངས་ལ་ཉེ། ས་ཆ་ཅུང་ཟད་སྟོང་རོགས།", en: "The phone is nearly full. Make some room." },
};
