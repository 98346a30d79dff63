// bo: wants a native reader's review
export const words = {
  about: { zh: "这些修改的数据有误，服务器没有接收；它们还在填表人的设备上。请联系填表人或维护服务器的人。", bo: "བཟོ་བཅོས་འདི་དག་གི་གཞི་གྲངས་ནོར་འདུག ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་མ་བླངས། འབྲི་མཁན་གྱི་ཡོ་བྱད་ཐོག་ཡོད།", en: "The server did not take these: they are damaged. They are still on their devices. Speak to the worker, or to whoever runs the server." },
  caption: { zh: "没有接收的修改，最新的在前", bo: "མ་བླངས་པའི་བཟོ་བཅོས། གསར་ཤོས་སྔོན་ལ།", en: "Refused changes, newest first" },
  received: { zh: "时间", bo: "དུས་ཚོད།", en: "When" },
  who: { zh: "谁的", bo: "སུའི།", en: "Whose" },
  unit: { zh: "单位", bo: "སྡེ་ཚན།", en: "Unit" },
  reason: { zh: "原因", bo: "རྒྱུ་མཚན།", en: "Why" },
  device: { zh: "设备", bo: "ཡོ་བྱད།", en: "Device" },
  bytes: { zh: "字节", bo: "ཡིག་ཚིགས།", en: "Bytes" },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  more: { zh: "显示更多", bo: "དེ་ལས་མང་བ།", en: "Show more" },
  nothing: { zh: "没有被拒收的修改。", bo: "མ་བླངས་པའི་བཟོ་བཅོས་མེད།", en: "Nothing was refused." },
  reading: { zh: "正在读取…", bo: "ཀློག་བཞིན་པ།…", en: "Reading…" },
};
