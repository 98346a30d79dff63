/** Tables as spreadsheets write them. */

/** The text of a file: UTF-8, or what a spreadsheet in Chinese writes if nobody tells it otherwise. */
export function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}
