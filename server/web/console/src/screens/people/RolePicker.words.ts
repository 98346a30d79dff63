// bo: wants a native reader's review

/** What each role lets people do, on the unit and all below it. */
export const words = {
  role: { zh: "角色", bo: "འགན།", en: "Role" },
  recorder: { zh: "在手机上填报本单位的工作。", bo: "ཁ་པར་ནང་སྡེ་ཚན་འདིའི་ལས་དོན་ཐོ་འགོད་བྱེད།", en: "Logs the unit's work on a phone." },
  reviewer: { zh: "审核、退回、处理冲突，也能填报。", bo: "ཞིབ་བཤེར། ཕྱིར་སློག འགལ་ཟླ་སེལ་བ། ཐོ་འགོད་ཀྱང་བྱེད་ཆོག", en: "Approves, returns and settles what disagrees; can log too." },
  administrator: { zh: "还能管理人员、设备和单位。", bo: "མི་སྣ་དང་སྒྲིག་ཆས། སྡེ་ཚན་བཅས་ཀྱང་དོ་དམ་བྱེད།", en: "Also manages people, devices and units." },
  observer: { zh: "只能查看和留言。", bo: "ལྟ་བ་དང་མཆན་འབྲི་བ་ཁོ་ན།", en: "Reads and comments, and changes nothing." },
};
