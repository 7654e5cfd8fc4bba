import { foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/**
 * What has no row any more, for `/v1/changes`. Expenses, incomes and plans that are deleted keep theirs, until that is
 * purged (see modules/retention).
 */
export const deletions = sqliteTable(
  'deletions',
  {
    userId: id('user_id'),
    /** `type/id`: `category/0198c5d2-…`, `budget/2026-11/overall/onward` or `expense/0198c5d2-…`. */
    resource: text('resource').notNull(),
    revision: integer('revision').notNull(),
    deletedAt: integer('deleted_at').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.resource] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    index('deletions_by_age').on(table.deletedAt),
    index('deletions_by_revision').on(table.userId, table.revision),
  ],
)
