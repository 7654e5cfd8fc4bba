/** What a spreadsheet takes for the begin of a formula, in the wide forms of East Asian keyboards too. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/

/**
 * A text that a spreadsheet shows and does not run: with a `'` before what begins like a formula, be it after blanks
 * (OWASP, "CSV Injection").
 */
export const withoutFormula = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

const toCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A line of CSV with these cells (RFC 4180), its end included. */
export const toCsvLine = (cells: string[]): string => `${cells.map(toCell).join(',')}\r\n`

/** Texts in one cell, separated by commas: those within a text have a `\` before them, and so has a `\`. */
export const joinList = (texts: string[]): string =>
  texts.map((text) => text.replaceAll(/[\\,]/g, String.raw`\$&`)).join(',')

/** The texts of such a cell, trimmed and without empty ones. */
export const splitList = (cell: string): string[] =>
  [...cell.matchAll(/(?:\\.|[^\\,]|\\$)+/gs)]
    .map(([text]) => text.replaceAll(/\\([\\,])/g, '$1').trim())
    .filter((text) => text !== '')
