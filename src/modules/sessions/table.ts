import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/** Sessions. A revoked one has no row. */
export const sessions = sqliteTable(
  'sessions',
  {
    userId: id('user_id').references(() => users.id, { onDelete: 'cascade' }),
    id: id(),
    /** How often the refresh token has been rotated. */
    generation: integer('generation').notNull(),
    userAgent: text('user_agent'),
    createdAt: instant('created_at'),
    refreshedAt: instant('refreshed_at'),
    expiresAt: instant('expires_at'),
  },
  (table) => [primaryKey({ columns: [table.userId, table.id] }), index('sessions_by_expiry').on(table.expiresAt)],
)

export type SessionRow = typeof sessions.$inferSelect
