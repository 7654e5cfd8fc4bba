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
 * Triggers of `expenses`, `incomes` and `users` keep it (drizzle/0001_monthly_totals.sql), in the transaction of
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
 * The lines that a write touches, as they were before it: what its verdict compares with. Rows are made and deleted
 * in one transaction, so that nobody ever sees any.
 */
export const linesBefore = sqliteTable(
  'lines_before',
  {
    userId: id('user_id'),
    target: text('target').notNull(),
    month: integer('month').notNull(),
    limit: integer('limit_amount'),
    carriedIn: integer('carried_in').notNull(),
    spent: integer('spent').notNull(),
    alertPercents: text('alert_percents', { mode: 'json' }).$type<number[]>(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.target, table.month] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
  ],
)
