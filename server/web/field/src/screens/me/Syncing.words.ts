// bo: wants a native reader's review
export const words = {
  title: { zh: "同步", bo: "མཉམ་སྒྲིག", en: "Sync" },
  waiting: {
    zh: (n: string) => `${n} 条记录待传`,
    bo: (n: string) => `ཐོ་འགོད་ ${n} སྒུག་བཞིན་པ།`,
    en: (n: string) => (n === "1" ? "1 record waits on this phone" : `${n} records wait on this phone`),
  },
  allThere: { zh: "全部已到服务器", bo: "ཚང་མ་ཞབས་ཞུ་འཕྲུལ་ཆས་སུ་སླེབས་ཟིན།", en: "All on the server" },
  last: { zh: (when: string) => `上次同步：${when}`, bo: (when: string) => `སྔོན་མའི་མཉམ་སྒྲིག ${when}`, en: (when: string) => `Last synced ${when}` },
  never: { zh: "还没同步过", bo: "མཉམ་སྒྲིག་བྱས་མྱོང་མེད།", en: "Not synced yet" },
  now: { zh: "现在同步", bo: "ད་ལྟ་མཉམ་སྒྲིག", en: "Sync now" },
  going: { zh: "正在同步…", bo: "མཉམ་སྒྲིག་བྱེད་བཞིན་པ།…", en: "Syncing…" },
  offline: { zh: "没有网络。有网络时会自动同步。", bo: "དྲ་རྒྱ་མེད། དྲ་རྒྱ་ཡོད་དུས་རང་འགུལ་གྱིས་མཉམ་སྒྲིག་བྱེད་ངེས།", en: "No network. It syncs by itself when there is one." },
  down: {
    zh: (got: string, all: string) => `已取回 ${got} / ${all}`,
    bo: (got: string, all: string) => `བླངས་ཟིན་ ${got} / ${all}`,
    en: (got: string, all: string) => `${got} of ${all} received`,
  },
  up: { zh: (n: string) => `还要送出 ${n} 处修改`, bo: (n: string) => `ད་དུང་ ${n} གཏོང་དགོས།`, en: (n: string) => `${n} changes still to send` },
  stuck: {
    zh: (n: string) => `${n} 条待处理，点此查看`,
    bo: (n: string) => `${n} ཐག་གཅོད་དགོས། འདིར་གནོན་ནས་ལྟ།`,
    en: (n: string) => (n === "1" ? "1 record is held. Look" : `${n} records are held. Look`),
  },
};
