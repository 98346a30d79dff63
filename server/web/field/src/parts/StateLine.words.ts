// bo: wants a native reader's review
export const words = {
  waiting: {
    zh: (n: number) => `${n} 条待传`,
    bo: (n: number) => `ཐོ་འགོད་ ${n} སྒུག་བཞིན་པ།`,
    en: (n: number) => (n === 1 ? "1 record waits" : `${n} records wait`),
  },
  allThere: { zh: "全部已到服务器", bo: "ཚང་མ་ཞབས་ཞུ་ཆས་སུ་སླེབས།", en: "All on the server" },
  stuck: { zh: (n: number) => `${n} 条待处理`, bo: (n: number) => `${n} ཐག་གཅོད་དགོས།`, en: (n: number) => `${n} held` },
  synced: { zh: (when: string) => `${when}同步`, bo: (when: string) => `མཉམ་སྒྲིག ${when}`, en: (when: string) => `last synced ${when}` },
  neverSynced: { zh: "还没同步过", bo: "མཉམ་སྒྲིག་བྱས་མྱོང་མེད།", en: "not synced yet" },
  syncing: { zh: "正在同步…", bo: "མཉམ་སྒྲིག་བྱེད་བཞིན་པ།…", en: "Syncing…" },
  offline: { zh: "没有网络", bo: "དྲ་རྒྱ་མེད།", en: "No network" },
  toSync: { zh: "查看同步", bo: "མཉམ་སྒྲིག་ལ་ལྟ།", en: "Look at syncing" },
};
