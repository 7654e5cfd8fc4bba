import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, instant, revision } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/**
 * The imports of each user, so that one can be taken back. What an import has made has its id (`importId`) and, as long as
 * nobody has changed it since, its revision.
 */
export const imports = sqliteTable(
  'imports',
  {
    userId: id('user_id'),
    id: id(),
    createdAt: instant('created_at'),
    revision: revision(),
    /** How many rows of the file were in each state, by name. */
    counts: text('counts', { mode: 'json' })
      .$type<Record<'new' | 'known' | 'similar' | 'deleted' | 'invalid', number>>()
      .notNull(),
    /** The revision by which the import was taken back: what has that is deleted, and may be imported again. */
    takenBack: integer('taken_back'),
    /** The rows of the file, for the statements of the import while it runs. */
    staged: text('staged'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.id] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    index('imports_taken_back').on(table.userId, table.takenBack).where(sql`${table.takenBack} IS NOT NULL`),
  ],
)
