import { sql } from 'drizzle-orm'
import { check, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { instant } from '../../db/columns.ts'

export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    username: text('username').notNull(),
    email: text('email').notNull(),
    passwordHash: text('password_hash').notNull(),
    currency: text('currency').notNull(),
    timeZone: text('time_zone').notNull(),
    /** Minutes ahead of UTC when `timeZone` was set. See `todayOf`. */
    utcOffset: integer('utc_offset').notNull(),
    monthStartDay: integer('month_start_day').notNull(),
    createdAt: instant('created_at'),
    /** How often anything of the user's was changed. See src/modules/changes/table.ts. */
    revision: integer('revision').notNull().default(0),
  },
  (table) => [
    uniqueIndex('users_username_key').on(sql`lower(${table.username})`),
    uniqueIndex('users_email_key').on(sql`lower(${table.email})`),
    // What money of the user refers to: it is in the user's currency, which stays while there is any.
    uniqueIndex('users_id_currency_key').on(table.id, table.currency),
    check('users_month_start_day_range', sql`${table.monthStartDay} BETWEEN 1 AND 28`),
  ],
)

export type UserRow = typeof users.$inferSelect
