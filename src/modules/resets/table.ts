import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { instant } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/** The newest reset of a password that was asked for, of each account. */
export const passwordResets = sqliteTable(
  'password_resets',
  {
    /** The id of the user, or a digest of an address that nobody has. */
    account: text('account').primaryKey(),
    userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** The user's address, to which the token was sent. */
    email: text('email'),
    /** The digest of the token's secret. */
    hash: text('hash').notNull(),
    expiresAt: instant('expires_at'),
    /** How many were asked for since that instant. */
    requests: integer('requests').notNull(),
    since: instant('since'),
  },
  (table) => [index('password_resets_by_user').on(table.userId)],
)
