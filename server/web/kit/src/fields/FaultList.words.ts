// bo: wants a native reader's review
export const words = {
  title: {
    zh: (n: number) => `有 ${n} 处要看一下`,
    bo: (n: number) => `གནས་ ${n} ལ་ལྟ་དགོས།`,
    en: (n: number) => (n === 1 ? "One thing to look at" : `${n} things to look at`),
  },
};
