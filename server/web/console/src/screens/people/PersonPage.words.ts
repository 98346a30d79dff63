// bo: wants a native reader's review
export const words = {
  all: { zh: "← 全部人员", bo: "← མི་སྣ་ཡོངས།", en: "← All people" },
  rename: { zh: "改名", bo: "མིང་བསྒྱུར།", en: "Rename" },
  name: { zh: "姓名", bo: "མིང་།", en: "Name" },
  keep: { zh: "保存", bo: "ཉར་ཚགས།", en: "Save" },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
  devices: { zh: "设备和记录", bo: "སྒྲིག་ཆས་དང་ཐོ་འགོད།", en: "Devices and records" },
  devicesAbout: { zh: "此人注册过的手机，以及最近一次同步的情况。", bo: "མི་འདིས་ཐོ་འགོད་བྱས་པའི་ཁ་པར་དང་མཐའ་མའི་མཉམ་སྒྲིག", en: "The phones they have enrolled, and when these synced last." },
  toDevices: { zh: "查看设备", bo: "སྒྲིག་ཆས་ལ་ལྟ།", en: "See the devices" },
  toRecords: { zh: "查看其记录", bo: "ཐོ་འགོད་ལ་ལྟ།", en: "See the records" },
  toAudit: { zh: "审计日志中与此人有关的操作", bo: "ཞིབ་བཤེར་ཐོ་ཡིག་ནང་མི་འདི་དང་འབྲེལ་བ།", en: "What the audit log says of this person" },
};
