import { eq, sql } from 'drizzle-orm'
import { compile, compileEach, type Params, statements } from '../../db/statement.ts'
import type { RowOf } from '../../db/transaction.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthNumber } from '../../shared/calendar.ts'
import { unreadAlerts } from '../budgets/alert-queries.ts'
import { lineColumns, linesAt } from '../budgets/line-queries.ts'
import { type ClockNames, clockOf, monthIn, monthParam, todayIn } from '../users/calendar-queries.ts'
import { users } from '../users/table.ts'

type MonthNames = 'userId' | 'month' | ClockNames

/** What is the same on all lines of a month. */
export type MonthHead = {
  month: MonthNumber
  today: string
  startDay: number
  currency: string
  revision: number
  unreadAlerts: number
}

/** It is sent once, with the line that is always there. */
const headOf = (params: Params<MonthNames>) => {
  const head = sql`json_object('month', lines.month, 'today', ${todayIn(params)}, 'startDay', month_start_day,
    'currency', currency, 'revision', revision, 'unreadAlerts', ${unreadAlerts(params.userId)})`
  return sql<MonthHead | null>`iif(lines.target = 'overall', ${head}, NULL)`.mapWith(JSON.parse)
}

const { month: _, scope, ...lineFigures } = lineColumns

const selectMonth = compileEach((params: Params<MonthNames>, isCurrent: boolean) => {
  const { userId } = params
  const month = sql`${monthIn(params, isCurrent)} AS month`
  const ofEach = isCurrent ? sql`` : sql`, ${month}`
  const targets = sql`SELECT id AS target, name, archived, name_folded${ofEach} FROM categories
      WHERE user_id = ${userId}
    UNION ALL SELECT column1, NULL, NULL, NULL${ofEach} FROM (VALUES ('overall'), ('none'), ('income'))`
  // A month that is computed is joined, so that SQLite does not write that out wherever it is named.
  const everyTarget = isCurrent ? sql`SELECT * FROM (SELECT ${month}), (${targets})` : targets
  return statements
    .select({
      ...lineFigures,
      name: sql<string | null>`lines.name`,
      isArchived: sql<number | null>`lines.archived`,
      head: headOf(params),
    })
    .from(linesAt(userId, everyTarget))
    .innerJoin(users, eq(users.id, userId))
    .orderBy(sql`lines.name_folded`)
})

export type LineOfMonth = RowOf<ReturnType<typeof linesIn>>

/**
 * All lines of a month: `overall`, `none`, `income` and every category by name, with a limit and with money or without.
 * `overall` tells in its `head` what the month is, what day it is for the user, when their months start, their currency,
 * their revision, and how many alerts they have not read.
 */
export const linesIn = (actor: Actor, month: string) =>
  selectMonth(month === 'current')({ userId: actor.userId, month: monthParam(month), ...clockOf(actor) })

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
