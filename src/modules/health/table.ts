import { sql } from 'drizzle-orm'
import { check, integer, sqliteTable } from 'drizzle-orm/sqlite-core'
import { instant } from '../../db/columns.ts'

/** The one row that the readiness check writes. */
export const readiness = sqliteTable(
  'readiness',
  { id: integer('id').primaryKey(), checkedAt: instant('checked_at') },
  (table) => [check('readiness_one_row', sql`${table.id} = 1`)],
)
