import type { Statement, Value } from './statement.ts'

/** Selects by name. */
export type Selects = Record<string, Statement>

/** SQL that can stand within a statement: its values are numbered on from `offset`. */
const renumber = (text: string, offset: number) =>
  text.replaceAll(/\?(\d+)/g, (_, number: string) => `?${Number(number) + offset}`)

/** Selects, of the rows of a select, a JSON array in their order, each as an array of its values; or what has that in it. */
const selectPacked = (text: string, columns: string[], within = (rows: string) => rows) => {
  const names = columns.map((_, i) => `c${i}`)
  return `WITH packed(${names}) AS (${text}) SELECT ${within(`json_group_array(json_array(${names}))`)} FROM packed`
}

/**
 * The same select, whose rows come as one JSON text. Hrana writes an object for each value, and those of many rows take long
 * to read: packed, a page of 100 changes takes a sixth less CPU in all. A few rows cost less as they are. For reads alone.
 */
export const packRows = <Row>({ text, args, columns, toRows }: Statement<Row>): Statement<Row> => ({
  text: selectPacked(text, columns),
  args,
  columns: ['rows'],
  toRows: ([packed]) => toRows(JSON.parse(String(packed?.[0] ?? '[]'))),
})

/**
 * The rows of a select as JSON: the names of its columns, once, and the values of each row. With the names, rows that were
 * stored before a column came or went can still be read after.
 */
const asJson = ({ text, columns }: Statement, offset: number) => {
  const names = JSON.stringify(columns)
  const select = selectPacked(
    renumber(text, offset),
    columns,
    (rows) => `json_object('columns',json('${names}'),'rows',${rows})`,
  )
  return `json((${select}))`
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
