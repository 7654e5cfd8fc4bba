import { primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { id, instant } from '../../db/columns.ts'
import { users } from './table.ts'

/** By which logins of their companies users come in: one of each company, and each of one user. */
export const companyLogins = sqliteTable(
  'company_logins',
  {
    userId: id('user_id').references(() => users.id, { onDelete: 'cascade' }),
    issuer: text('issuer').notNull(),
    /** What the issuer calls the user: it never gives that to another one, as it may an address. */
    subject: text('subject').notNull(),
    linkedAt: instant('linked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.issuer] }),
    uniqueIndex('company_logins_subject_key').on(table.issuer, table.subject),
  ],
)
