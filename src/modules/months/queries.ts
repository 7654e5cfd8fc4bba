import { eq, type SQL, sql } from 'drizzle-orm'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthNumber } from '../../shared/calendar.ts'
import { lineColumns, linesAt } from '../budgets/line-queries.ts'
import { type ClockNames, clockOf, monthIn, monthParam, todayIn } from '../users/calendar-queries.ts'
import { users } from '../users/table.ts'

type MonthNames = 'userId' | 'month' | ClockNames

/** The sum of what the user has spent on a target in a month, or earned. */
const totalOf = (userId: Params['userId'], target: 'overall' | 'none' | 'income', month: SQL<MonthNumber>) =>
  sql<number>`coalesce((SELECT spent FROM budget_lines
    WHERE user_id = ${userId} AND target = ${sql.raw(`'${target}'`)} AND month = ${month}), 0)`

const selectFacts = compileEach((params: Params<MonthNames>, isCurrent: boolean) => {
  const { userId } = params
  const month = sql<MonthNumber>`facts.month`
  return statements
    .select({
      month,
      today: sql<string>`today`,
      startDay: sql<number>`month_start_day`,
      currency: sql<string>`currency`,
      income: totalOf(userId, 'income', month),
      spent: totalOf(userId, 'overall', month),
      uncategorized: totalOf(userId, 'none', month),
    })
    .from(
      sql`(SELECT month_start_day, currency, ${todayIn(params)} AS today, ${monthIn(params, isCurrent)} AS month
        FROM users WHERE users.id = ${userId}) AS facts`,
    )
})

/** What a month is to the actor: which one it is, what day it is now, and the sums that are in no line. */
export const monthFacts = (actor: Actor, month: string) =>
  selectFacts(month === 'current')({ userId: actor.userId, month: monthParam(month), ...clockOf(actor) })

const selectMonths = compile(({ userId, from, to }: Params<'userId' | 'from' | 'to'>) => {
  const range = sql`WITH RECURSIVE range (month) AS (
      SELECT ${from} UNION ALL SELECT month + 1 FROM range WHERE month < ${to}
    ) SELECT 'overall' AS target, month FROM range`
  return statements
    .select({ ...lineColumns, startDay: users.monthStartDay, income: totalOf(userId, 'income', lineColumns.month) })
    .from(linesAt(userId, range))
    .innerJoin(users, eq(users.id, userId))
    .orderBy(lineColumns.month)
})

/** The figures of each month from one to another, for everything together. */
export const monthsBetween = ({ userId }: Actor, { from, to }: { from: string; to: string }) =>
  selectMonths({ userId, from: toMonthNumber(from), to: toMonthNumber(to) })
