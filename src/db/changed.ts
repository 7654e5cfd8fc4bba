import { getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'

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
