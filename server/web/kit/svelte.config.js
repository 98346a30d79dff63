/** Styles go into a file of their own: the page's policy allows none inline. */
export default { compilerOptions: { runes: true, css: "external" } };
