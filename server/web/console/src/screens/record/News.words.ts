// bo: wants a native reader's review
export const words = {
  title: { zh: "这条记录刚刚被改动，现在显示的是最新内容。", bo: "ཐོ་འགོད་འདི་ད་ལྟ་བཟོ་བཅོས་བྱས། ད་ལྟ་གསར་ཤོས་མངོན་འདུག", en: "Somebody has just changed this record. It is shown as it is now." },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  seen: { zh: "知道了", bo: "ཤེས་སོང་།", en: "All right" },
};
