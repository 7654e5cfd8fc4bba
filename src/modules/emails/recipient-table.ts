import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { instant } from '../../db/columns.ts'

/** How many mails went to an address, whoever caused them. */
export const mailRecipients = sqliteTable('mail_recipients', {
  /** A digest of the address, as `digestOfName` makes it: it tells nobody the address, and bounds what is stored. */
  address: text('address').primaryKey(),
  /** How many went out since that instant. */
  mails: integer('mails').notNull(),
  since: instant('since'),
})
