// bo: wants a native reader's review
export const words = {
  title: { zh: (name: string) => `移动 ${name}`, bo: (name: string) => `${name} སྤོ།`, en: (name: string) => `Move ${name}` },
  to: { zh: "移到哪个单位下面", bo: "སྡེ་ཚན་གང་གི་འོག་ཏུ་སྤོ།", en: "Below which unit" },
  choose: { zh: "请选择", bo: "འདེམས་རོགས།", en: "Choose" },
  reading: { zh: "正在查看会有什么影响…", bo: "ཤུགས་རྐྱེན་ཞིབ་བཞིན་པ…", en: "Finding out what that would do…" },
  goes: {
    zh: (units: string, records: string) => `一起移动：${units} 个单位（含它自己），${records} 条记录。`,
    bo: (units: string, records: string) => `མཉམ་དུ་སྤོ་རྒྱུ། སྡེ་ཚན་ ${units} ཐོ་འགོད་ ${records}`,
    en: (units: string, records: string) => `Units that move, it included: ${units}. Records: ${records}.`,
  },
  loses: { zh: "不再能管到它的人", bo: "དེར་དབང་ཚད་བོར་བའི་མི།", en: "Who loses a role on it" },
  gains: { zh: "新能管到它的人", bo: "དེར་དབང་ཚད་ཐོབ་པའི་མི།", en: "Who gains a role on it" },
  nobody: { zh: "没有人", bo: "སུ་ཡང་མེད།", en: "Nobody" },
  held: { zh: "失去角色的人还没上传的修改，传来时会被扣留，等新的管理员决定；不会丢失。", bo: "དབང་ཚད་བོར་བའི་མིས་མ་བསྐུར་བའི་བཟོ་བཅོས་བཀག་ནས་དོ་དམ་པ་གསར་པས་ཐག་གཅོད། བོར་བརླག་མི་འགྲོ།", en: "What those who lose a role have not sent yet is held when it comes, for the new administrator to decide. Nothing is lost." },
  totals: { zh: "各级合计会按新的位置计算，过去的日期也一样。", bo: "བསྡོམས་གྲངས་གནས་གསར་པ་ལྟར་རྩིས་རྒྱུ། འདས་པའི་ཚེས་གྲངས་ཀྱང་དེ་བཞིན།", en: "Totals follow the new place, for days past, too." },
  moved: { zh: (name: string) => `已移动 ${name}。`, bo: (name: string) => `${name} སྤོས་ཟིན།`, en: (name: string) => `Moved ${name}.` },
  yes: { zh: "移动", bo: "སྤོ།", en: "Move" },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
