import { and, eq, sql } from 'drizzle-orm'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { toMonthNumber } from '../../shared/calendar.ts'
import { lineColumns, linesAt } from '../budgets/line-queries.ts'
import { categories } from '../categories/table.ts'
import { netAmount } from '../ledger/net-amount.ts'
import {
  type ClockNames,
  canRun,
  clockOf,
  monthIn,
  monthParam,
  nextFirstDay,
  todayIn,
} from '../users/calendar-queries.ts'
import { users } from '../users/table.ts'

type MonthNames = 'userId' | 'month' | ClockNames

/** The targets that are no category: they have a line in every month, with money or without. */
const FIXED_TARGETS = sql.raw("('overall'), ('none'), ('income')")

/** What is dated after today, of the month that runs: by category, as JSON. Zeros are left out. */
const laterIn = (params: Params<MonthNames>) => {
  const today = todayIn(params)
  return sql`(WITH later (target, amount) AS MATERIALIZED (
      SELECT ifnull(category, 'none'), (
        SELECT sum(${netAmount}) FROM expenses
        WHERE user_id = ${params.userId} AND category_id IS category AND deleted_at IS NULL
          AND date > ${today} AND date < ${nextFirstDay(today)}
      ) FROM (SELECT NULL AS category UNION ALL SELECT id FROM categories WHERE user_id = ${params.userId})
    ) SELECT json_group_object(target, amount) FROM later WHERE amount)`
}

const selectMonth = compileEach((params: Params<MonthNames>, isCurrent: boolean, canRun: boolean) => {
  const { userId } = params
  const everyTarget = sql`SELECT target, month FROM (SELECT ${monthIn(params, isCurrent)} AS month),
    (SELECT column1 AS target FROM (VALUES ${FIXED_TARGETS})
      UNION ALL SELECT id FROM categories WHERE user_id = ${userId})`
  return statements
    .select({
      ...lineColumns,
      name: categories.name,
      archived: categories.archived,
      // Once, with the line that is always there.
      later: (canRun
        ? sql<Record<string, number> | null>`iif(lines.target = 'overall', ${laterIn(params)}, NULL)`
        : sql<Record<string, number> | null>`NULL`
      ).mapWith(JSON.parse),
      today: todayIn(params),
      startDay: users.monthStartDay,
      currency: users.currency,
      revision: users.revision,
    })
    .from(linesAt(userId, everyTarget))
    .innerJoin(users, eq(users.id, userId))
    .leftJoin(categories, and(eq(categories.userId, userId), eq(categories.id, lineColumns.target)))
    .where(sql`lines.limit_amount IS NOT NULL OR lines.spent <> 0 OR categories.id IS NULL`)
    .orderBy(categories.nameFolded, categories.id)
})

/**
 * All lines of a month: `overall`, `none` and `income` in any case, and the categories with a limit in force or with
 * spending, by name. Each tells what day it is for the user, when their months start, their currency, and their revision;
 * `overall` also tells how much of the spending of the month that runs is dated `later` than today.
 */
export const linesIn = (actor: Actor, month: string) =>
  selectMonth(month === 'current', canRun(month))({ userId: actor.userId, month: monthParam(month), ...clockOf(actor) })

/** The sum of the incomes of a line's month. */
const incomeOf = (userId: Params['userId']) =>
  sql<number>`coalesce((SELECT spent FROM budget_lines
    WHERE user_id = ${userId} AND target = 'income' AND month = ${lineColumns.month}), 0)`

const selectMonths = compile(({ userId, from, to }: Params<'userId' | 'from' | 'to'>) => {
  const range = sql`WITH RECURSIVE range (month) AS (
      SELECT ${from} UNION ALL SELECT month + 1 FROM range WHERE month < ${to}
    ) SELECT 'overall' AS target, month FROM range`
  return statements
    .select({ ...lineColumns, startDay: users.monthStartDay, income: incomeOf(userId) })
    .from(linesAt(userId, range))
    .innerJoin(users, eq(users.id, userId))
    .orderBy(lineColumns.month)
})

/** The figures of each month from one to another, for everything together. */
export const monthsBetween = ({ userId }: Actor, { from, to }: { from: string; to: string }) =>
  selectMonths({ userId, from: toMonthNumber(from), to: toMonthNumber(to) })
