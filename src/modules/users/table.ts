import { sql } from 'drizzle-orm'
import { check, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { instant } from '../../db/columns.ts'
import { MAX_TOTAL } from '../../shared/money.ts'

export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    username: text('username').notNull(),
    email: text('email').notNull(),
    /** When the user has shown that mail to the address reaches them; null if never. */
    emailVerifiedAt: integer('email_verified_at'),
    passwordHash: text('password_hash').notNull(),
    currency: text('currency').notNull(),
    timeZone: text('time_zone').notNull(),
    /** Minutes that `timeZone` is ahead of UTC, up to an hour ago. See `todayIn`. */
    utcOffset: integer('utc_offset').notNull(),
    monthStartDay: integer('month_start_day').notNull(),
    createdAt: instant('created_at'),
    /**
     * How many writes have changed anything of the user's. Every row that a write changes gets this number, so a later
     * change has a higher one. ETags contain it, and `/v1/changes` is ordered by it.
     */
    revision: integer('revision').notNull().default(0),
    /** The revision of these settings. */
    settingsRevision: integer('settings_revision').notNull().default(0),
    /**
     * The newest revision of a deletion that `/v1/changes` no longer lists: it was purged. A client that has not come that
     * far cannot go on.
     */
    forgottenRevision: integer('forgotten_revision').notNull().default(0),
    /**
     * The sums of all expenses, refunds added, and of all incomes, in minor units. Their bounds keep every figure exact,
     * whatever part of them it is a sum of.
     */
    totalSpent: integer('total_spent').notNull().default(0),
    totalEarned: integer('total_earned').notNull().default(0),
    /**
     * The budget lines that the latest write touches, as JSON `[[target, month, amount], …]`. The write stores them first,
     * and its later statements read them. See src/modules/budgets/impact.ts.
     */
    touchedLines: text('touched_lines').notNull().default('[]'),
  },
  (table) => [
    uniqueIndex('users_username_key').on(sql`lower(${table.username})`),
    uniqueIndex('users_email_key').on(sql`lower(${table.email})`),
    // Expenses and incomes refer to it, so that the currency cannot change while there are any.
    uniqueIndex('users_id_currency_key').on(table.id, table.currency),
    check('users_month_start_day_range', sql`${table.monthStartDay} BETWEEN 1 AND 28`),
    check('users_total_spent_range', sql`${table.totalSpent} BETWEEN 0 AND ${sql.raw(String(MAX_TOTAL))}`),
    check('users_total_earned_range', sql`${table.totalEarned} BETWEEN 0 AND ${sql.raw(String(MAX_TOTAL))}`),
  ],
)

export type UserRow = typeof users.$inferSelect
