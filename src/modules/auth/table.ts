import { foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { sessions } from '../sessions/table.ts'
import { users } from '../users/table.ts'

/** When each refresh token was rotated, kept as long as the token may be sent again. */
export const rotations = sqliteTable(
  'rotations',
  {
    userId: id('user_id'),
    sessionId: id('session_id'),
    generation: integer('generation').notNull(),
    at: instant('at'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.sessionId, table.generation] }),
    foreignKey({
      columns: [table.userId, table.sessionId],
      foreignColumns: [sessions.userId, sessions.id],
    }).onDelete('cascade'),
  ],
)

/** How often logging in to an account has failed in a row. */
export const loginFailures = sqliteTable(
  'login_failures',
  {
    /** The id of the user, or a digest of a name that nobody has. */
    account: text('account').primaryKey(),
    userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
    failures: integer('failures').notNull(),
    /** When the next attempt is allowed. */
    retryAt: instant('retry_at'),
  },
  (table) => [index('login_failures_by_user').on(table.userId)],
)
