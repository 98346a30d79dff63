// bo: wants a native reader's review

/** The console's places. */
export const words = {
  overview: { zh: "总览", bo: "སྤྱི་ཁྱབ།", en: "Overview" },
  records: { zh: "记录", bo: "ཐོ་འགོད།", en: "Records" },
  queues: { zh: "待办", bo: "སྒྲུབ་འོས།", en: "To do" },
  briefing: { zh: "工作简报", bo: "ལས་དོན་སྙན་ཐོ།", en: "Briefing" },
  people: { zh: "人员", bo: "མི་སྣ།", en: "People" },
  devices: { zh: "设备", bo: "སྒྲིག་ཆས།", en: "Devices" },
  units: { zh: "单位", bo: "སྡེ་ཚན།", en: "Units" },
  forms: { zh: "表格", bo: "རེའུ་མིག", en: "Forms" },
  audit: { zh: "审计日志", bo: "ཞིབ་བཤེར་ཐོ་ཡིག", en: "Audit log" },
  system: { zh: "系统", bo: "མ་ལག", en: "System" },
  me: { zh: "我的账户", bo: "ངའི་ཐོ་ཁོངས།", en: "My account" },
};
