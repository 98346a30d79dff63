// bo: wants a native reader's review
export const words = {
  title: { zh: "角色", bo: "འགན།", en: "Roles" },
  role: { zh: "角色", bo: "འགན།", en: "Role" },
  unit: { zh: "单位（及其下属）", bo: "སྡེ་ཚན་ (དང་དེའི་འོག)", en: "Unit (and all below it)" },
  acts: { zh: "操作", bo: "བྱ་བ།", en: "Acts" },
  none: { zh: "没有任何角色：不能登录，也不能填报。", bo: "འགན་གང་ཡང་མེད། ཐོ་འཇུག་དང་ཐོ་འགོད་བྱེད་མི་ཐུབ།", en: "No role: they can neither log in nor log anything." },
  grant: { zh: "授予角色", bo: "འགན་སྤྲོད།", en: "Grant a role" },
  grantTo: { zh: (name: string) => `授予 ${name} 角色`, bo: (name: string) => `${name} ལ་འགན་སྤྲོད།`, en: (name: string) => `Grant ${name} a role` },
  grantYes: { zh: "授予", bo: "སྤྲོད།", en: "Grant" },
  choose: { zh: "请选择单位", bo: "སྡེ་ཚན་འདེམས་རོགས།", en: "Choose a unit" },
  reach: { zh: "角色对所选单位和它下面的所有单位有效，下次同步时到达手机。", bo: "འགན་ནི་སྡེ་ཚན་འདི་དང་དེའི་འོག་ཡོངས་ལ་ནུས་ལྡན། མཉམ་སྒྲིག་རྗེས་མར་ཁ་པར་ལ་སླེབས།", en: "It holds on the unit and all below it, and reaches phones with their next sync." },
  granted: { zh: "已授予。", bo: "སྤྲད་ཟིན།", en: "Granted." },
  withdraw: { zh: "收回", bo: "ཕྱིར་བསྡུ།", en: "Withdraw" },
  withdrawWhich: {
    zh: (role: string, unit: string) => `收回“${role}”：${unit}`,
    bo: (role: string, unit: string) => `ཕྱིར་བསྡུ། ${role}: ${unit}`,
    en: (role: string, unit: string) => `Withdraw: ${role}, ${unit}`,
  },
  then: {
    zh: (name: string) => `${name} 已经上传的记录不变。收回以后从手机传来的修改会被扣留，等管理员决定，不会丢失。`,
    bo: (name: string) => `${name} ཡིས་བསྐུར་ཟིན་པའི་ཐོ་འགོད་མི་འགྱུར། རྗེས་སུ་འབྱོར་བའི་བཟོ་བཅོས་བཀག་ནས་དོ་དམ་པས་ཐག་གཅོད། བོར་བརླག་མི་འགྲོ།`,
    en: (name: string) => `What ${name} has sent stays as it is. What comes from their phone later is held until an administrator decides; nothing is lost.`,
  },
  last: { zh: "这是此人最后一个角色。", bo: "འདི་མི་འདིའི་འགན་མཐའ་མ་ཡིན།", en: "It is their last role." },
  yourself: { zh: "这是您自己的角色！", bo: "འདི་ཁྱེད་རང་གི་འགན་ཡིན།", en: "It is your own role!" },
  withdrawn: { zh: "已收回。", bo: "ཕྱིར་བསྡུས་ཟིན།", en: "Withdrawn." },
  no: { zh: "取消", bo: "འདོར།", en: "Cancel" },
};
