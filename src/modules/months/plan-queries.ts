import { type SQL, sql } from 'drizzle-orm'
import { requires } from '../../db/guard.ts'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { toDayName, toMonthName, toMonthNumber } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { netAmount } from '../ledger/net-amount.ts'
import { plans } from '../plans/table.ts'
import { type ClockNames, canRun, clockOf, todayIn } from '../users/calendar-queries.ts'

type WindowNames = 'userId' | 'from' | 'to'

/**
 * Requires that there is something to read: a plan, be it deleted, since what was posted from it has no pace; or, in a month
 * that can run, an expense after today.
 */
const requireAny = compileEach((params: Params<'userId' | ClockNames>, canRun: boolean) => {
  const { userId } = params
  const isLater = sql`EXISTS (SELECT 1 FROM users CROSS JOIN expenses
    WHERE users.id = ${userId} AND user_id = ${userId} AND deleted_at IS NULL AND date > ${todayIn(params)})`
  return requires(sql`EXISTS (SELECT 1 FROM plans WHERE user_id = ${userId})${canRun ? sql` OR ${isLater}` : sql``}`)
})

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

const dailySums = {
  categoryId: sql<string | null>`category_id`,
  date: sql<string>`date`,
  amount: sql<number>`sum(${netAmount})`,
}

const selectPosted = compile(({ userId, from, to }: Params<WindowNames>) =>
  statements
    .select(dailySums)
    .from(sql`expenses INDEXED BY expenses_posted`)
    .where(sql`user_id = ${userId} AND plan_id IS NOT NULL AND deleted_at IS NULL AND date BETWEEN ${from} AND ${to}`)
    .groupBy(sql`date, category_id`),
)

/** Category by category, each of which has all that the sums need in its index. */
const selectLater = compile(({ userId, from, to }: Params<WindowNames>) =>
  statements
    .select(dailySums)
    .from(
      sql`(SELECT NULL AS category UNION ALL SELECT id FROM categories WHERE user_id = ${userId}) CROSS JOIN expenses`,
    )
    .where(
      sql`user_id = ${userId} AND category_id IS category AND deleted_at IS NULL AND date BETWEEN ${from} AND ${to}`,
    )
    .groupBy(sql`category_id, date`),
)

const DAY_MS = 86_400_000

/** How long before and after a day the month that it is in can begin and end, with one day for where the user is. */
const MONTH_AROUND_DAYS = 32

/** From one day to another, the month in a path is within them, on whatever day it starts and wherever the user is. */
const daysAround = (month: string): { from: string; to: string } => {
  if (month !== 'current') return { from: `${month}-01`, to: `${toMonthName(toMonthNumber(month) + 1)}-27` }
  const today = Math.floor(now() / DAY_MS)
  return { from: toDayName(today - MONTH_AROUND_DAYS), to: toDayName(today + MONTH_AROUND_DAYS) }
}

/**
 * What a month needs to know of plans and of what is dated later, which is read only if the actor has plans or, in the month
 * that runs, expenses after today. `plans` come with the days on which they are posted around the month, `exceptions` are
 * those that are due or moved there, and `posted` (from plans) and `later` (than yesterday) are sums of expenses by day and
 * category. It costs what is there around the month, however long ago a plan began.
 */
export const plansAround = (actor: Actor, month: string) => {
  const { userId } = actor
  const { from, to } = daysAround(month)
  const window = { userId, from, to }
  const yesterday = toDayName(Math.floor(now() / DAY_MS) - 1)
  return {
    condition: requireAny(canRun(month))({ userId, ...clockOf(actor) }),
    selects: {
      plans: selectPlans(window),
      exceptions: selectExceptions(window),
      posted: selectPosted(window),
      later: selectLater({ ...window, from: [from, yesterday].toSorted().at(-1) }),
    },
  }
}
