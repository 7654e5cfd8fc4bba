import { getTableColumns, is, SQL, sql, type Table } from 'drizzle-orm'

/**
 * Whether an upsert would change the row that is there, but for columns that every write sets: what is put again just
 * as it is stays as it is, with its revision.
 */
export const isChanged = <T extends Table>(table: T, ...ignored: (keyof T['_']['columns'])[]): SQL => {
  const columns = Object.entries(getTableColumns(table)).filter(([name]) => !ignored.includes(name))
  const stored = columns.map(([, column]) => sql`${column}`)
  const sent = columns.map(([, column]) => sql.raw(`excluded.${column.name}`))
  return sql`(${sql.join(stored, sql`, `)}) IS NOT (${sql.join(sent, sql`, `)})`
}

/** Whether an update to `set` would change the row that is there. */
export const isChangedBy = <T extends Table>(table: T, set: { [name: string]: unknown }): SQL => {
  const columns = getTableColumns(table)
  const named = Object.entries(set).flatMap(([name, value]) => {
    const column = columns[name]
    return column && value !== undefined ? [{ column, value: is(value, SQL) ? value : sql.param(value, column) }] : []
  })
  if (named.length === 0) return sql`FALSE`
  const stored = named.map(({ column }) => sql`${column}`)
  const sent = named.map(({ value }) => sql`${value}`)
  return sql`(${sql.join(stored, sql`, `)}) IS NOT (${sql.join(sent, sql`, `)})`
}
