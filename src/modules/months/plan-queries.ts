import { type SQL, sql } from 'drizzle-orm'
import { requires } from '../../db/guard.ts'
import { compile, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { bordersOf, toDayName, toMonthNumber } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { plans } from '../plans/table.ts'

type WindowNames = 'userId' | 'from' | 'to'

/** Deleted ones count, too: what was posted from them is no pace. */
const requirePlans = compile(({ userId }: Params<'userId'>) =>
  requires(sql`EXISTS (SELECT 1 FROM plans WHERE user_id = ${userId})`),
)

/** The entries of occurrences of a plan: of an expense, or of an income. */
const entriesIn = (table: 'expenses' | 'incomes', { userId }: Pick<Params<WindowNames>, 'userId'>, planId: SQL) =>
  sql`${sql.raw(table)} AS it WHERE it.user_id = ${userId} AND it.plan_id = ${planId} AND it.deleted_at IS NULL`

/** The days from `from` to `to` on which an occurrence of the plan is posted. */
const postedDays = (params: Params<WindowNames>) => {
  const days = (table: 'expenses' | 'incomes') => sql`SELECT plan_due FROM ${entriesIn(table, params, sql`plans.id`)}
    AND plan_due BETWEEN ${params.from} AND ${params.to}`
  return sql<string[]>`(SELECT json_group_array(plan_due) FROM (${days('expenses')} UNION ALL ${days('incomes')}))`
}

const selectPlans = compile((params: Params<WindowNames>) =>
  statements
    .select({
      id: plans.id,
      kind: plans.kind,
      categoryId: plans.categoryId,
      baseAmount: plans.baseAmount,
      start: plans.start,
      every: plans.every,
      unit: plans.unit,
      monthDay: plans.monthDay,
      until: plans.until,
      postedDays: postedDays(params).mapWith(JSON.parse),
    })
    .from(plans)
    .where(sql`user_id = ${params.userId} AND deleted_at IS NULL`),
)

const selectExceptions = compile((params: Params<WindowNames>) => {
  const { userId, from, to } = params
  const isPosted = (table: 'expenses' | 'incomes') =>
    sql`EXISTS (SELECT 1 FROM ${entriesIn(table, params, sql`x.plan_id`)} AND it.plan_due = x.due)`
  return statements
    .select({
      planId: sql<string>`x.plan_id`,
      due: sql<string>`x.due`,
      date: sql<string>`ifnull(date, x.due)`,
      baseAmount: sql<number | null>`base_amount`,
      isClosed: sql<number>`skipped OR ${isPosted('expenses')} OR ${isPosted('incomes')}`,
    })
    .from(
      // Crossed, so that SQLite finds each by its index: those that are moved, and those of each plan.
      sql`(SELECT plan_id, due FROM plan_exceptions WHERE user_id = ${userId} AND date BETWEEN ${from} AND ${to}
        UNION SELECT plan_id, due FROM plans CROSS JOIN plan_exceptions AS e
          ON e.user_id = ${userId} AND plan_id = plans.id AND due BETWEEN ${from} AND ${to}
          WHERE plans.user_id = ${userId}) AS near
        CROSS JOIN plan_exceptions AS x ON x.user_id = ${userId} AND x.plan_id = near.plan_id AND x.due = near.due`,
    )
})

const selectPosted = compile(({ userId, from, to }: Params<WindowNames>) =>
  statements
    .select({
      categoryId: sql<string | null>`category_id`,
      date: sql<string>`date`,
      amount: sql<number>`sum(${netAmount})`,
    })
    .from(sql`expenses INDEXED BY expenses_posted`)
    .where(sql`user_id = ${userId} AND plan_id IS NOT NULL AND deleted_at IS NULL AND date BETWEEN ${from} AND ${to}`)
    .groupBy(sql`date, category_id`),
)

/** How long before and after a day the month that it is in can begin and end, and the day be another one elsewhere. */
const MONTH_AROUND_DAYS = 32

/** From one day to another, the month in a path is within them, on whatever day it starts and wherever the user is. */
const daysAround = (month: string): { from: string; to: string } => {
  if (month !== 'current') {
    const number = toMonthNumber(month)
    return { from: bordersOf(number, 1).from, to: bordersOf(number, 28).to }
  }
  const today = Math.floor(now() / 86_400_000)
  return { from: toDayName(today - MONTH_AROUND_DAYS), to: toDayName(today + MONTH_AROUND_DAYS) }
}

/**
 * What a month needs to know of plans, to be read where the actor has any: the `plans` themselves with the days on
 * which they are posted around the month, the `exceptions` that are due or moved there, and by day and category what is `posted` from plans.
 * It costs what is there around the month, however long ago a plan began.
 */
export const plansAround = ({ userId }: Actor, month: string) => {
  const window = { userId, ...daysAround(month) }
  return {
    condition: requirePlans({ userId }),
    selects: { plans: selectPlans(window), exceptions: selectExceptions(window), posted: selectPosted(window) },
  }
}
