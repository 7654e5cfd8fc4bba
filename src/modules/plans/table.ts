import { isNotNull, sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { id } from '../../db/columns.ts'
import { FIRST_DAY, LAST_DAY } from '../../shared/calendar.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { categories } from '../categories/table.ts'
import { moneyColumns, moneyRules } from '../ledger/columns.ts'

const dayRange = sql.raw(`BETWEEN '${FIRST_DAY}' AND '${LAST_DAY}'`)
const amountRange = sql.raw(`BETWEEN 1 AND ${MAX_AMOUNT}`)

/** Expenses and incomes to come. Their occurrences are derived: see occurrence.ts. */
export const plans = sqliteTable(
  'plans',
  {
    ...moneyColumns(),
    kind: text('kind', { enum: ['expense', 'income'] }).notNull(),
    /** Null for incomes. */
    categoryId: text('category_id'),
    /** The category that a plan had when it was deleted: see expenses/table.ts. */
    formerCategoryId: text('former_category_id'),
    /** Of expenses. A `…Folded` column is what entries get that are posted from the plan. */
    merchant: text('merchant'),
    merchantFolded: text('merchant_folded'),
    /** Of incomes. */
    source: text('source'),
    sourceFolded: text('source_folded'),
    noteFolded: text('note_folded'),
    tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
    start: text('start').notNull(),
    /** It repeats every so many units; both are null for a plan that occurs once. */
    every: integer('every'),
    unit: text('unit', { enum: ['day', 'week', 'month', 'year'] }),
    /** The day of the month on which it is due, where the month of its start is too short for that; else null. */
    monthDay: integer('month_day'),
    /** The last day on which it may be due, inclusive. */
    until: text('until'),
    post: text('post', { enum: ['confirm', 'auto'] }).notNull(),
    /** The plan that this one continues with other terms. */
    previousId: text('previous_id'),
    /** Of a plan that posts by itself: until when all is posted that was due, if it still has that revision. */
    postedUntil: text('posted_until'),
    postedRevision: integer('posted_revision'),
  },
  (table) => [
    ...moneyRules('plans', table),
    foreignKey({ columns: [table.userId, table.categoryId], foreignColumns: [categories.userId, categories.id] }),
    index('plans_by_category').on(table.userId, table.categoryId),
    // Those that post by themselves, for the hourly job.
    index('plans_auto').on(table.userId, table.id).where(sql`${table.post} = 'auto' AND ${table.deletedAt} IS NULL`),
    check('plans_kind_known', sql`${table.kind} IN ('expense', 'income')`),
    check('plans_unit_known', sql`${table.unit} IN ('day', 'week', 'month', 'year')`),
    check('plans_post_known', sql`${table.post} IN ('confirm', 'auto')`),
    check('plans_repeat_whole', sql`(${table.every} IS NULL) = (${table.unit} IS NULL)`),
    check('plans_every_range', sql`${table.every} BETWEEN 1 AND 99`),
    check('plans_month_day_range', sql`${table.monthDay} BETWEEN 29 AND 31`),
    check(
      'plans_month_day_fits',
      sql`${table.monthDay} IS NULL OR (ifnull(${table.unit}, '') IN ('month', 'year')
        AND min(date(${table.start}, 'start of month', '+1 month', '-1 day'), substr(${table.start}, 1, 8) || ${table.monthDay}) = ${table.start})`,
    ),
    check('plans_start_range', sql`${table.start} ${dayRange}`),
    check('plans_until_range', sql`${table.until} BETWEEN ${table.start} AND ${sql.raw(`'${LAST_DAY}'`)}`),
  ],
)

/** What departs from the rule of a plan, on one of the days on which it is due. */
export const planExceptions = sqliteTable(
  'plan_exceptions',
  {
    userId: id('user_id'),
    planId: id('plan_id'),
    due: text('due').notNull(),
    /** Instead of that of the plan, where it is not null: likewise the day, instead of `due`, and the note. */
    amount: integer('amount'),
    baseAmount: integer('base_amount'),
    date: text('date'),
    note: text('note'),
    noteFolded: text('note_folded'),
    skipped: integer('skipped', { mode: 'boolean' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.planId, table.due] }),
    foreignKey({ columns: [table.userId, table.planId], foreignColumns: [plans.userId, plans.id] }).onDelete('cascade'),
    // Those that are moved into a month.
    index('plan_exceptions_by_date').on(table.userId, table.date).where(isNotNull(table.date)),
    check('plan_exceptions_amount_range', sql`${table.amount} ${amountRange}`),
    check('plan_exceptions_base_amount_range', sql`${table.baseAmount} ${amountRange}`),
    check('plan_exceptions_date_range', sql`${table.date} ${dayRange}`),
  ],
)

export type PlanRow = typeof plans.$inferSelect
