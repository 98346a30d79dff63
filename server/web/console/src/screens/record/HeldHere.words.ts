// bo: wants a native reader's review
export const words = {
  title: { zh: (n: number) => `还有 ${n} 个修改待处理，没有计入`, bo: (n: number) => `བཟོ་བཅོས་ ${n} ཐག་གཅོད་སྒུག་བཞིན་པ།`, en: (n: number) => (n === 1 ? "1 change is held, and not part of this" : `${n} changes are held, and not part of this`) },
  somebody: { zh: "不详", bo: "མི་གསལ།", en: "somebody" },
  decide: { zh: "去处理", bo: "ཐག་གཅོད་བྱེད།", en: "Decide" },
};
