import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/** A threshold that was crossed. The unique index makes it exactly one, whoever crosses it, and how often. */
export const alerts = sqliteTable(
  'alerts',
  {
    userId: id('user_id'),
    id: id(),
    /** A category's id, or `overall`. */
    target: text('target').notNull(),
    /** A MonthNumber. */
    month: integer('month').notNull(),
    percent: integer('percent').notNull(),
    read: integer('read', { mode: 'boolean' }).notNull(),
    createdAt: instant('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.id] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    // Those that are deleted some day, for the retention.
    index('alerts_read').on(table.createdAt).where(sql`${table.read}`),
    // How many there are. `read` is in it, so that SQLite need not look into the table.
    index('alerts_unread').on(table.userId, table.read).where(sql`NOT ${table.read}`),
    uniqueIndex('alerts_once_key').on(table.userId, table.target, table.month, table.percent),
  ],
)

export type AlertRow = typeof alerts.$inferSelect
