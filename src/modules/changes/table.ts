import { foreignKey, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { id } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/**
 * The newest revision of everything of a user's: a number that counts the changes of this user, so that whatever was
 * changed later has a higher one. Triggers (drizzle/0001_triggers.sql) assign it in the transaction of the change, so
 * that no path of the code can forget to. It is what an ETag is made of, and what `/v1/changes` goes by.
 */
export const changes = sqliteTable(
  'changes',
  {
    userId: id('user_id'),
    type: text('type', { enum: ['expense', 'income', 'category', 'budget', 'user'] }).notNull(),
    /** Of a budget, `month/target/scope`. */
    id: id(),
    revision: integer('revision').notNull(),
    deleted: integer('deleted', { mode: 'boolean' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.type, table.id] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    uniqueIndex('changes_by_revision').on(table.userId, table.revision),
  ],
)

export type ChangeRow = typeof changes.$inferSelect
