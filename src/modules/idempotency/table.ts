import { foreignKey, index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/** The first answers to requests that must not be done twice, by the key that their repetition would have. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    userId: id('user_id'),
    key: text('key').notNull(),
    /** A digest of what was sent with the key. */
    fingerprint: text('fingerprint').notNull(),
    /** The request that was answered, among those that were sent with the key. */
    requestId: text('request_id').notNull(),
    /** The rows that the answer was made of, as JSON. */
    answer: text('answer').notNull(),
    createdAt: instant('created_at'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    index('idempotency_keys_by_age').on(table.userId, table.createdAt),
  ],
)
