import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { users } from '../users/table.ts'

/** The newest proof of an address that each user was asked for: of their own, or of the one that they want to have. */
export const emailProofs = sqliteTable(
  'email_proofs',
  {
    userId: id('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    /** The digest of the token's secret. */
    hash: text('hash').notNull(),
    expiresAt: instant('expires_at'),
    /** How many were asked for since that instant. */
    requests: integer('requests').notNull(),
    since: instant('since'),
  },
  (table) => [index('email_proofs_by_expiry').on(table.expiresAt)],
)
