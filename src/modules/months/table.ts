import { sql } from 'drizzle-orm'
import { check, foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id } from '../../db/columns.ts'
import { MAX_TOTAL } from '../../shared/money.ts'
import { users } from '../users/table.ts'

/**
 * What each user has spent and earned in each of their months, in minor units of their currency. `target` is a
 * category's id, `none` for expenses without one, `overall` for all of them, or `income`; `month` is a MonthNumber, or
 * -1 for the sum of all months.
 *
 * Triggers of `expenses`, `incomes` and `users` keep it (drizzle/0001_triggers.sql), in the transaction of
 * whatever writes those, so that no path of the code can forget to. It is there for growth: ten years of rollover are
 * 120 rows here, however many expenses they sum up.
 */
export const monthlyTotals = sqliteTable(
  'monthly_totals',
  {
    userId: id('user_id'),
    target: text('target').notNull(),
    month: integer('month').notNull(),
    amount: integer('amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.target, table.month] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    check('monthly_totals_range', sql`${table.amount} BETWEEN 0 AND ${sql.raw(String(MAX_TOTAL))}`),
  ],
)

/**
 * The lines that the last write of the user has touched, as they were before it and as they are after: what its
 * verdict compares, and the next write deletes. They are never read but in the transaction that writes them.
 */
export const touchedLines = sqliteTable(
  'touched_lines',
  {
    userId: id('user_id'),
    target: text('target').notNull(),
    month: integer('month').notNull(),
    moment: text('moment', { enum: ['before', 'after'] }).notNull(),
    limit: integer('limit_amount'),
    carriedIn: integer('carried_in').notNull(),
    spent: integer('spent').notNull(),
    alertPercents: text('alert_percents', { mode: 'json' }).$type<number[]>(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.target, table.month, table.moment] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
  ],
)

export type TouchedLine = typeof touchedLines.$inferSelect
