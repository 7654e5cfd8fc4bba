import type { Statement, Value } from './statement.ts'

/** Selects by name. */
export type Selects = Record<string, Statement>

/** SQL that can stand within a statement: its values are numbered on from `offset`. */
const renumber = (text: string, offset: number) =>
  text.replaceAll(/\?(\d+)/g, (_, number: string) => `?${Number(number) + offset}`)

/** The rows of a select as JSON: objects, so that those stored before a column came or went can still be read after. */
const asJson = ({ text, columns }: Statement, offset: number) => {
  const members = columns.map((name, i) => `'${name}',c${i}`)
  return `json((WITH r(${columns.map((_, i) => `c${i}`)}) AS (${renumber(text, offset)})
    SELECT json_group_array(json_object(${members})) FROM r))`
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

/** The rows of these selects as the database would give them, of the JSON that `rowsAsJson` made. */
export const rowsFromJson = (selects: Selects, json: string): Record<string, unknown[]> => {
  const stored: Record<string, Record<string, Value>[]> = JSON.parse(json)
  return Object.fromEntries(
    Object.entries(selects).map(([name, { columns, toRows }]) => [
      name,
      toRows((stored[name] ?? []).map((row) => columns.map((column) => row[column] ?? null))),
    ]),
  )
}
