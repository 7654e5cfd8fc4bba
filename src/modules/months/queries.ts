import { and, eq, type SQL, sql } from 'drizzle-orm'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthNumber } from '../../shared/calendar.ts'
import { categories } from '../categories/table.ts'
import { monthOf, todayOf } from '../users/queries.ts'
import { users } from '../users/table.ts'
import { lineColumns, linesOf } from './lines.ts'

/** The MonthNumber of a month in a path, for use inside another statement. */
export const monthNamed = (actor: Actor, month: string) =>
  month === 'current' ? monthOf(actor, todayOf(actor)) : sql<MonthNumber>`${toMonthNumber(month)}`

/** The sum of what the actor has spent on a target in a month, or earned. */
const totalOf = ({ userId }: Actor, target: 'overall' | 'none' | 'income', month: ReturnType<typeof monthNamed>) =>
  sql<number>`coalesce((SELECT amount FROM monthly_totals
    WHERE user_id = ${userId} AND target = ${target} AND month = ${month}), 0)`

/** What a month is to the actor: which one it is, what day it is now, and the sums that are in no line. */
export const monthFacts = (actor: Actor, name: string) => {
  const month = monthNamed(actor, name)
  return statements
    .select({
      month,
      today: todayOf(actor),
      startDay: users.monthStartDay,
      currency: users.currency,
      income: totalOf(actor, 'income', month),
      spent: totalOf(actor, 'overall', month),
      uncategorized: totalOf(actor, 'none', month),
    })
    .from(users)
    .where(eq(users.id, actor.userId))
}

const hasLimit = sql`lines.limit_amount IS NOT NULL`

/** Those of the lines that `wanted` asks for which meet `condition`: `overall`, and then the categories by name. */
const namedLines = (actor: Actor, wanted: SQL, condition: SQL) =>
  statements
    .select({ ...lineColumns, name: categories.name })
    .from(linesOf(actor, wanted))
    .leftJoin(categories, and(eq(categories.userId, actor.userId), eq(categories.id, lineColumns.target)))
    .where(condition)
    .orderBy(sql`lines.month, lines.target <> 'overall'`, categories.nameFolded, categories.id)

/** The target `overall` and every category of the actor in a month, as `linesOf` wants them. */
const everyTarget = (actor: Actor, month: string) => {
  const number = monthNamed(actor, month)
  return sql`SELECT 'overall', ${number}
    UNION ALL SELECT id, ${number} FROM categories WHERE user_id = ${actor.userId}`
}

/** One target in one month, as `linesOf` wants it. */
export const oneTarget = (actor: Actor, { target, month }: { target: string; month: string }) =>
  sql`SELECT ${target}, ${monthNamed(actor, month)}`

/** The lines of a month with a limit in force or with spending. */
export const linesIn = (actor: Actor, month: string) =>
  namedLines(actor, everyTarget(actor, month), sql`${hasLimit} OR lines.spent > 0`)

/** The lines of a month with a limit in force. */
export const limitsIn = (actor: Actor, month: string) => namedLines(actor, everyTarget(actor, month), hasLimit)

/** The figures of each month from one to another, for everything together. */
export const monthsBetween = (actor: Actor, { from, to }: { from: string; to: string }) => {
  const range = sql`WITH RECURSIVE range (month) AS (
      SELECT ${toMonthNumber(from)} UNION ALL SELECT month + 1 FROM range WHERE month < ${toMonthNumber(to)}
    ) SELECT 'overall', month FROM range`
  return statements
    .select({
      ...lineColumns,
      startDay: users.monthStartDay,
      income: totalOf(actor, 'income', sql`lines.month`),
    })
    .from(linesOf(actor, range))
    .innerJoin(users, eq(users.id, actor.userId))
    .orderBy(sql`lines.month`)
}
