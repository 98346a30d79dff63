// bo: wants a native reader's review

/** Why the server holds or refuses a change, told to whoever decides: a sentence for each code of `sync_core::gate::ReasonCode`. */
export const words = {
  no_permission: { zh: "填写人在这个单位（已）没有填写的权限。", bo: "འབྲི་མཁན་ལ་སྡེ་ཚན་འདིར་འབྲི་བའི་དབང་ཚད་མེད།", en: "The author has no right to write in this place (any more)." },
  device_revoked: { zh: "这台设备在修改送达前已被停用。", bo: "བཟོ་བཅོས་མ་སླེབས་གོང་ཡོ་བྱད་འདི་བཀག་ཟིན།", en: "The device was shut out before the change arrived." },
  unknown_form: {
    zh: "服务器不认识这张表格或这个版本。",
    bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་རེའུ་མིག་འདི་ངོ་མི་ཤེས།",
    en: "The server does not know this form, or this version of it.",
  },
  unknown_unit: {
    zh: "服务器不认识这个单位。",
    bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་སྡེ་ཚན་འདི་ངོ་མི་ཤེས།",
    en: "The server does not know this place.",
  },
  worker_mismatch: { zh: "记录写的是另一个人的名字。", bo: "ཐོ་འགོད་ནང་མི་གཞན་ཞིག་གི་མིང་བྲིས་འདུག", en: "The record names somebody else as its worker." },
  actor_reused: { zh: "同一编号下已有另一次修改：设备可能被复制过。", bo: "ཨང་རྟགས་གཅིག་ལ་བཟོ་བཅོས་གཞན་ཞིག་ཡོད། ཡོ་བྱད་པར་སློག་བྱས་པ་ཡིན་སྲིད།", en: "Another change came under the same number: the device may have been copied." },
  record_full: { zh: "这条记录太大了，加不进去。", bo: "ཐོ་འགོད་འདི་ཆེ་དྲགས་པས་བསྣན་མི་ཐུབ།", en: "The record has become too large to take this." },
  unknown_author: { zh: "服务器不知道是谁写的。", bo: "སུས་བྲིས་པ་ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་མི་ཤེས།", en: "The server does not know who wrote this." },
  too_many_parked: { zh: "这台设备有太多修改在等前面的修改。", bo: "ཡོ་བྱད་འདིའི་བཟོ་བཅོས་མང་པོ་ཞིག་སྔོན་མ་སྒུག་བཞིན་འདུག", en: "Too many changes of this device already wait for earlier ones." },
  unproven_author: { zh: "由别人的设备送来，无法证明是谁写的。", bo: "མི་གཞན་གྱི་ཡོ་བྱད་ཀྱིས་བསྐུར་བས་སུས་བྲིས་ར་སྤྲོད་མི་ཐུབ།", en: "Somebody else's device brought this, and nothing proves who wrote it." },
  empty: { zh: "这次修改没有内容。", bo: "བཟོ་བཅོས་འདིར་ནང་དོན་མེད།", en: "This change says nothing." },
  too_large: { zh: "这次修改太大了。", bo: "བཟོ་བཅོས་འདི་ཆེ་དྲགས་འདུག", en: "This change is too large." },
  bad_dependencies: { zh: "这次修改的数据有误（前后关系）。", bo: "བཟོ་བཅོས་འདིའི་གཞི་གྲངས་ནོར་འདུག (སྔ་ཕྱིའི་འབྲེལ་བ)", en: "This change is damaged (what it builds on)." },
  bad_sequence: { zh: "这次修改的数据有误（顺序）。", bo: "བཟོ་བཅོས་འདིའི་གཞི་གྲངས་ནོར་འདུག (གོ་རིམ)", en: "This change is damaged (its number)." },
  bad_counter: { zh: "这次修改的数据有误（计数）。", bo: "བཟོ་བཅོས་འདིའི་གཞི་གྲངས་ནོར་འདུག (གྲངས་རྩིས)", en: "This change is damaged (its counting)." },
  bad_reference: { zh: "这次修改指向不存在的内容。", bo: "བཟོ་བཅོས་འདིས་མེད་པའི་ནང་དོན་ཞིག་བསྟན་འདུག", en: "This change refers to something that is not there." },
  bad_structure: { zh: "这次修改不符合记录的结构。", bo: "བཟོ་བཅོས་འདི་ཐོ་འགོད་ཀྱི་སྒྲིག་གཞི་དང་མི་མཐུན།", en: "This change does not fit a record." },
  bad_value: { zh: "这次修改里有不允许的值。", bo: "བཟོ་བཅོས་འདིའི་ནང་མི་ཆོག་པའི་གྲངས་ཤིག་འདུག", en: "This change holds a value that is not allowed there." },
  bad_header: { zh: "记录的开头有误。", bo: "ཐོ་འགོད་ཀྱི་མགོ་ནོར་འདུག", en: "The record's beginning is damaged." },
  engine_failed: { zh: "服务器处理这次修改时出错。", bo: "བཟོ་བཅོས་འདི་ལས་སྣོན་སྐབས་ཞབས་ཞུ་འཕྲུལ་ཆས་ལ་ནོར་འཁྲུལ་བྱུང་།", en: "The server failed on this change." },
  does_not_reload: { zh: "加上这次修改后记录无法读出。", bo: "བཟོ་བཅོས་འདི་བསྣན་རྗེས་ཐོ་འགོད་ཀློག་མི་ཐུབ།", en: "With this change the record cannot be read again." },
  rejected: { zh: "管理员没有采纳这次修改。", bo: "དོ་དམ་པས་བཟོ་བཅོས་འདི་མ་བླངས།", en: "An administrator rejected this change." },
  other: { zh: "这个版本还不认识服务器给出的原因。", bo: "ཞབས་ཞུ་འཕྲུལ་ཆས་ཀྱིས་བཤད་པའི་རྒྱུ་མཚན་པར་གཞི་འདིས་མི་ཤེས།", en: "The server gave a reason that this version does not know." },
};
