import { MAX_READ_ROWS, MAX_ROWS } from './input-schema.ts'
import { badFile } from './problems.ts'

/** A row of a file, with the line in which it begins. */
export type Row = { line: number; cells: string[] }

const DELIMITERS = [',', ';', '\t', '|']

/** A line before the header by which Excel is told the delimiter. */
const EXCEL_DELIMITER = /^\ufeff?"?sep=([,;\t|])"?(?:\r\n?|\n)/i

/** The delimiter that the header row has most often, outside quotes. */
const delimiterOf = (csv: string) => {
  const told = EXCEL_DELIMITER.exec(csv)?.[1]
  if (told) return told
  const header = (/^(?:"[^"]*"|[^"\r\n])*/.exec(csv.trimStart())?.[0] ?? '').replaceAll(/"[^"]*"/g, '')
  const countOf = (delimiter: string) => header.split(delimiter).length
  return DELIMITERS.reduce((best, delimiter) => (countOf(delimiter) > countOf(best) ? delimiter : best))
}

const [LF, CR] = [10, 13]

/** How many lines have ended among these bytes: by LF, CR or both together. */
const lineEnds = (bytes: Uint8Array, from: number, to: number) => {
  let count = 0
  for (let i = from; i < to; i++) if (bytes[i] === LF || (bytes[i] === CR && bytes[i + 1] !== LF)) count++
  return count
}

const isEmpty = ({ cells }: Row) => cells.every((cell) => cell.trim() === '')

/**
 * The header and the rows of a CSV file (RFC 4180), without empty ones and without Excel's line `sep=;`. Throws
 * invalidRequest for a file that cannot be read as a whole.
 */
export const readFile = async (
  sent: string,
  delimiter = delimiterOf(sent),
): Promise<{ header: string[]; rows: Row[] }> => {
  const csv = sent.replace(EXCEL_DELIMITER, '\n')
  if (!csv.isWellFormed()) throw badFile('invalid_text')
  const lost = csv.indexOf('\ufffd')
  const bytes = new TextEncoder().encode(csv)
  if (lost !== -1) {
    const before = new TextEncoder().encode(csv.slice(0, lost))
    throw badFile('not_utf8', lineEnds(before, 0, before.length) + 1)
  }
  // Imported here, so that an isolate which imports nothing does not load it.
  const { CsvError, parse } = await import('csv-parse/sync')
  const rows: Row[] = []
  // Its own count of lines takes a CR LF within quotes for two: the bytes are exact.
  let [line, end, read] = [1, 0, 0]
  const keep = (cells: string[], at: number) => {
    const row = { line, cells }
    line += lineEnds(bytes, end, at)
    end = at
    read++
    if (!isEmpty(row)) rows.push(row)
    if (rows.length > MAX_ROWS + 1 || read > MAX_READ_ROWS) throw badFile('too_many_rows')
  }
  try {
    parse(csv, {
      bom: true,
      delimiter,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (cells: string[], { bytes: at }) => {
        keep(cells, at)
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw badFile(error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'unclosed_quote' : 'invalid_quote', line)
  }
  const [header, ...rest] = rows
  if (!header || rest.length === 0) throw badFile('empty')
  return { header: header.cells.map((name) => name.trim()), rows: rest }
}
