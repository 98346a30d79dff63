// bo: wants a native reader's review

/** The audit log's acts, by the server's word for each. */
export const words = {
  user_added: { zh: "添加人员", bo: "མི་སྣ་བསྣན།", en: "Added a person" },
  user_renamed: { zh: "改人员姓名", bo: "མི་སྣའི་མིང་བསྒྱུར།", en: "Renamed a person" },
  role_granted: { zh: "授予角色", bo: "འགན་སྤྲད།", en: "Granted a role" },
  role_withdrawn: { zh: "收回角色", bo: "འགན་ཕྱིར་བསྡུས།", en: "Withdrew a role" },
  code_made: { zh: "生成手机注册码", bo: "ཁ་པར་ཐོ་འགོད་ཨང་བཟོས།", en: "Made an enrolment code" },
  password_code_made: { zh: "生成密码设置码", bo: "གསང་ཨང་སྒྲིག་པའི་ཨང་བཟོས།", en: "Made a code for a password" },
  password_set: { zh: "设置密码", bo: "གསང་ཨང་བཙུགས།", en: "Set their password" },
  second_factor_added: { zh: "启用第二重验证", bo: "ར་སྤྲོད་གཉིས་པ་བཙུགས།", en: "Added a second factor" },
  second_factor_removed: { zh: "移除第二重验证", bo: "ར་སྤྲོད་གཉིས་པ་བསུབས།", en: "Removed a second factor" },
  token_made: { zh: "生成 API 令牌", bo: "API རྟགས་བཟོས།", en: "Made an API token" },
  token_revoked: { zh: "作废 API 令牌", bo: "API རྟགས་མེད་པར་བཟོས།", en: "Revoked an API token" },
  device_revoked: { zh: "停用设备", bo: "སྒྲིག་ཆས་མཚམས་བཞག", en: "Revoked a device" },
  unit_added: { zh: "添加单位", bo: "སྡེ་ཚན་བསྣན།", en: "Added a unit" },
  unit_renamed: { zh: "改单位名称", bo: "སྡེ་ཚན་གྱི་མིང་བསྒྱུར།", en: "Renamed a unit" },
  unit_moved: { zh: "移动单位", bo: "སྡེ་ཚན་སྤོས།", en: "Moved a unit" },
  form_added: { zh: "发布表格版本", bo: "རེའུ་མིག་པར་གཞི་སྤེལ།", en: "Published a form's version" },
  briefing_template_changed: { zh: "修改简报模板", bo: "སྙན་ཐོའི་དཔེ་གཞི་བཅོས།", en: "Changed a briefing's template" },
  briefing_template_restored: { zh: "恢复原来的简报模板", bo: "སྙན་ཐོའི་དཔེ་གཞི་སོར་ཆུད།", en: "Restored a briefing's template" },
  held_admitted: { zh: "采纳被扣留的修改", bo: "བཀག་པའི་བཟོ་བཅོས་བླངས།", en: "Admitted a held change" },
  held_rejected: { zh: "拒绝被扣留的修改", bo: "བཀག་པའི་བཟོ་བཅོས་མ་བླངས།", en: "Rejected a held change" },
  records_told_apart: { zh: "确认两条记录不重复", bo: "ཐོ་འགོད་གཉིས་མི་འདྲ་བར་ངོས་འཛིན།", en: "Told two records apart" },
  records_taken_together: { zh: "撤回“不重复”的确认", bo: "མི་འདྲ་བའི་ངོས་འཛིན་ཕྱིར་བླངས།", en: "Took that back" },
};
