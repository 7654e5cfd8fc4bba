import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/** API tokens. A revoked one has no row. */
export const apiTokens = sqliteTable(
  'api_tokens',
  {
    userId: id('user_id').references(() => users.id, { onDelete: 'cascade' }),
    id: id(),
    name: text('name').notNull(),
    /** The digest of its secret, which is stored nowhere. */
    hash: text('hash').notNull(),
    /** A bit for each scope, as `toBits` has them. */
    scopes: integer('scopes').notNull(),
    createdAt: instant('created_at'),
    expiresAt: instant('expires_at'),
    /** The latest day of UTC on which it was used; null if never. */
    lastUsedOn: text('last_used_on'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.id] }),
    uniqueIndex('api_tokens_hash_key').on(table.userId, table.hash),
    index('api_tokens_by_expiry').on(table.expiresAt),
    check('api_tokens_scopes_range', sql`${table.scopes} BETWEEN 1 AND 7`),
  ],
)

export type ApiTokenRow = typeof apiTokens.$inferSelect
