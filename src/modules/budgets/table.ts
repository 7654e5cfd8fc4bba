import { sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id, revision } from '../../db/columns.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { categories } from '../categories/table.ts'
import { users } from '../users/table.ts'

/**
 * Settings of limits. One of scope `onward` holds from its month on until the next of the same target, one of scope
 * `month` overrides it in its month alone. A limit of null, onward, ends what held before.
 */
export const budgets = sqliteTable(
  'budgets',
  {
    userId: id('user_id'),
    /** A category's id, or `overall`. */
    target: text('target').notNull(),
    scope: text('scope', { enum: ['onward', 'month'] }).notNull(),
    /** A MonthNumber. */
    month: integer('month').notNull(),
    /** The target where that is a category, for the foreign key. */
    categoryId: text('category_id'),
    limit: integer('limit_amount'),
    rollover: text('rollover', { enum: ['none', 'surplus', 'full'] }).notNull(),
    alertPercents: text('alert_percents', { mode: 'json' }).$type<number[]>().notNull(),
    revision: revision(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.target, table.scope, table.month] }),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    foreignKey({ columns: [table.userId, table.categoryId], foreignColumns: [categories.userId, categories.id] }),
    index('budgets_by_revision').on(table.userId, table.revision),
    check('budgets_target_is_category', sql`${table.target} = coalesce(${table.categoryId}, 'overall')`),
    check('budgets_scope_known', sql`${table.scope} IN ('onward', 'month')`),
    check('budgets_limit_range', sql`${table.limit} BETWEEN 0 AND ${sql.raw(String(MAX_AMOUNT))}`),
    check('budgets_override_has_limit', sql`${table.scope} = 'onward' OR ${table.limit} IS NOT NULL`),
    check('budgets_rollover_known', sql`${table.rollover} IN ('none', 'surplus', 'full')`),
  ],
)

export type BudgetRow = typeof budgets.$inferSelect
