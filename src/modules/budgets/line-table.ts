import { sql } from 'drizzle-orm'
import { foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id } from '../../db/columns.ts'
import { users } from '../users/table.ts'
import { availableOf, percentReachedOf } from './line.ts'

/**
 * What each user has spent in each month on each target, with the limit in force there and what it takes over from the
 * month before. `target` is a category's id, `none` for expenses without one, `overall` for all of them, or `income`
 * for what came in, all but the first two without a limit.
 *
 * A line has a row in each month with money, in each in which another limit comes into force, and in the month before
 * that; what it is in a month without a row follows from the row before (`linesAt`). So a figure of a month costs one search, however many expenses
 * and months there are, and only a write of a month that is past walks through the rows after it.
 */
export const budgetLines = sqliteTable(
  'budget_lines',
  {
    userId: id('user_id'),
    target: text('target').notNull(),
    /** A MonthNumber. */
    month: integer('month').notNull(),
    spent: integer('spent').notNull(),
    /** The limit in force and what comes with it, of `budgets`; null where there is none. */
    limit: integer('limit_amount'),
    rollover: text('rollover', { enum: ['none', 'surplus', 'full'] }),
    alertPercents: text('alert_percents', { mode: 'json' }).$type<number[]>(),
    scope: text('scope', { enum: ['onward', 'month'] }),
    /** The MonthNumber in which the limit was set. */
    setIn: integer('set_in'),
    carriedIn: integer('carried_in').notNull(),
    available: integer('available').generatedAlwaysAs(
      availableOf({ limit: sql`limit_amount`, carriedIn: sql`carried_in`, spent: sql`spent` }),
    ),
    percentReached: integer('percent_reached').generatedAlwaysAs(
      percentReachedOf({ limit: sql`limit_amount`, carriedIn: sql`carried_in`, spent: sql`spent` }),
    ),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.target, table.month] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
  ],
)
