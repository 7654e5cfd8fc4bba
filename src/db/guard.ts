import { type SQL, sql } from 'drizzle-orm'
import { statements } from './statements.ts'

/**
 * A statement that fails with the constraint `name`, and its whole batch with it, unless `condition` holds: what
 * must be true of the stored state costs no round trip to find out, and cannot change before the work is done.
 * SQLite can raise an error only in a trigger; an unknown JSON path is the one that carries a word of ours.
 */
export const guard = (name: string, condition: SQL) => {
  if (!/^[a-z_]+$/.test(name)) throw new Error('The name of a guard is in snake_case')
  return statements.all(sql`SELECT CASE WHEN ${condition} THEN 1 ELSE json_extract('{}', ${sql.raw(`'${name}'`)}) END`)
}
