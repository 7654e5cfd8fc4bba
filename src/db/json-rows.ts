import type { Statement, Value } from './statement.ts'

/** Selects by name. */
export type Selects = Record<string, Statement>

/** SQL that can stand within a statement: its values are numbered on from `offset`. */
const renumber = (text: string, offset: number) =>
  text.replaceAll(/\?(\d+)/g, (_, number: string) => `?${Number(number) + offset}`)

/**
 * SQL of a table `packed` with the rows of a select, and of a JSON array of them, in order, each an array of its values. Only
 * for integers and texts, which is all that the tables hold: JSON has no BLOB, and 15 digits of a REAL.
 */
const pack = (text: string, columns: string[]) => {
  const names = columns.map((_, i) => `c${i}`)
  return { table: `packed(${names}) AS (${text})`, rows: `json_group_array(json_array(${names}))` }
}

/**
 * The same select, whose rows come as one JSON text. Hrana writes an object for each value, and those of many rows take long
 * to read: packed, a page of 100 changes takes a sixth less CPU in all. Not for `stream`, since they all come at once.
 */
export const packRows = <Row>({ text, args, columns, toRows }: Statement<Row>): Statement<Row> => {
  const { table, rows } = pack(text, columns)
  return {
    text: `WITH ${table} SELECT ${rows} FROM packed`,
    args,
    columns: ['rows'],
    // There is no row where the statement was not run, as after a condition that does not hold.
    toRows: ([row]) => (row ? toRows(JSON.parse(String(row[0]))) : []),
  }
}

/**
 * The rows of a select as JSON: the names of its columns, once, and the values of each row. With the names, rows that were
 * stored before a column came or went can still be read after.
 */
const asJson = ({ text, columns }: Statement, offset: number) => {
  const { table, rows } = pack(renumber(text, offset), columns)
  return `json((WITH ${table}
    SELECT json_object('columns',json('${JSON.stringify(columns)}'),'rows',${rows}) FROM packed))`
}

/** The rows of these selects as one JSON text, to be stored in the transaction that they are read in. */
export const rowsAsJson = (selects: Selects, offset: number): { text: string; args: Value[] } => {
  const args: Value[] = []
  const members = Object.entries(selects).map(([name, select]) => {
    const json = asJson(select, offset + args.length)
    args.push(...select.args)
    return `'${name}',${json}`
  })
  return { text: `json_object(${members})`, args }
}

type StoredRows = { columns: string[]; rows: Value[][] }

/** The stored rows as a select with these columns would give them. */
const inOrder = (columns: string[], stored: StoredRows): Value[][] => {
  const places = columns.map((name) => stored.columns.indexOf(name))
  return stored.rows.map((row) => places.map((place) => row[place] ?? null))
}

/** The rows of these selects as the database would give them, of the JSON that `rowsAsJson` made. */
export const rowsFromJson = (selects: Selects, json: string): Record<string, unknown[]> => {
  const stored: Record<string, StoredRows> = JSON.parse(json)
  return Object.fromEntries(
    Object.entries(selects).map(([name, { columns, toRows }]) => [
      name,
      toRows(inOrder(columns, stored[name] ?? { columns: [], rows: [] })),
    ]),
  )
}
