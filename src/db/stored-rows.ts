import type { Value } from '@libsql/hrana-client'
import { getTableColumns, is, SQL, sql, Table } from 'drizzle-orm'
import { Column } from 'drizzle-orm/column'
import type { Statement } from './client.ts'

type Fields = { [name: string]: Column | SQL | SQL.Aliased | Table | Fields }
/** A statement that selects, and knows what. */
export type Select = Statement & { getSQL(): SQL; readonly _: { readonly selectedFields: object } }

const fieldsOf = (select: Select) => namesOf(select._.selectedFields as Fields)

/** The names of what a select selects, in its order: `before.limit` where they are nested. */
const namesOf = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    if (is(field, Column) || is(field, SQL) || is(field, SQL.Aliased)) return [name]
    return namesOf(is(field, Table) ? getTableColumns(field) : field).map((inner) => `${name}.${inner}`)
  })

/** The rows of a select as JSON: objects, so that those stored before a column came or went can still be read after. */
const asJson = (select: Select) => {
  const names = fieldsOf(select)
  const columns = names.map((_, i) => `c${i}`)
  const members = sql.join(
    names.map((name, i) => sql`${sql.raw(`'${name}', c${i}`)}`),
    sql`, `,
  )
  return sql`json((WITH told (${sql.raw(columns.join(', '))}) AS (${select.getSQL()})
    SELECT json_group_array(json_object(${members})) FROM told))`
}

/** SQL of the rows of these selects as one JSON text, to be stored in the transaction that they are read in. */
export const rowsAsJson = (selects: Select[]): SQL<string> => sql`json_array(${sql.join(selects.map(asJson), sql`, `)})`

/** The rows of each of these selects as the database would give them, of the JSON that `rowsAsJson` made. */
export const rowsFromJson = (selects: Select[], json: string): Value[][][] => {
  const stored: Record<string, Value>[][] = JSON.parse(json)
  return selects.map((select, i) => {
    const names = fieldsOf(select)
    return (stored[i] ?? []).map((row) => names.map((name) => row[name] ?? null))
  })
}
