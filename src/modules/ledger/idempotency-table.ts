import { foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/** The first answers to writes that came with an `Idempotency-Key`. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    userId: id('user_id'),
    key: text('key').notNull(),
    /** A digest of what was sent with the key. */
    fingerprint: text('fingerprint').notNull(),
    /** The request that was answered, among those that were sent with the key. */
    requestId: text('request_id').notNull(),
    /** The rows that the answer is made of, as JSON: those read before the write, and those read after it. */
    rowsBefore: text('rows_before').notNull(),
    rowsAfter: text('rows_after').notNull(),
    createdAt: instant('created_at'),
    /** How many bytes had been kept with keys of the user before this one, ever. See `hasRoom`. */
    keptBefore: integer('kept_before').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    index('idempotency_keys_by_age').on(table.createdAt),
    index('idempotency_keys_by_size').on(table.userId, table.keptBefore),
  ],
)
