import { type SQL, sql } from 'drizzle-orm'
import { compile, type Params, statements } from '../../db/statement.ts'
import type { Bookkeeping } from '../../db/transaction.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthName } from '../../shared/calendar.ts'
import { newAlerts, raiseAlerts } from './alert-queries.ts'
import { percentUsedOf, reachedOf, stateOf } from './line.ts'
import { carryLimitsOn, carrySpendingOn, copySettings, ensureLines } from './line-queries.ts'
import { budgetLines } from './line-table.ts'

/** The lines that the write which runs touches, as a table of `target, month, amount`: what it adds to their spending. */
const touched = (userId: Params['userId']) => sql`(
  SELECT value ->> 0 AS target, value ->> 1 AS month, value ->> 2 AS amount
  FROM users, json_each(touched_lines) WHERE users.id = ${userId})`

export type BudgetLine = ReturnType<ReturnType<typeof touchedLines>['decode']>

const touchedLines = compile(({ userId }: Params<'userId'>) =>
  statements
    .select({
      target: budgetLines.target,
      month: budgetLines.month,
      limit: budgetLines.limit,
      carriedIn: budgetLines.carriedIn,
      spent: budgetLines.spent,
      available: budgetLines.available,
      percentReached: sql<number>`percent_reached`,
      alertPercents: budgetLines.alertPercents,
    })
    .from(budgetLines)
    .where(
      sql`user_id = ${userId} AND target <> 'none' AND (target, month) IN (SELECT target, month FROM ${touched(userId)})`,
    )
    .orderBy(sql`month, target <> 'overall', target`),
)

const ensureTouched = compile(({ userId }: Params<'userId'>) =>
  ensureLines(userId, sql`SELECT target, month FROM ${touched(userId)}`),
)

const addSpending = compile(
  ({
    userId,
  }: Params<'userId'>) => sql`UPDATE budget_lines SET spent = spent + amount FROM ${touched(userId)} AS touched
    WHERE user_id = ${userId} AND budget_lines.target = touched.target AND budget_lines.month = touched.month`,
)

const carrySpending = compile(({ userId }: Params<'userId'>) => carrySpendingOn(userId, touched(userId)))

const raiseDueAlerts = compile((alerts: Params<'userId' | 'at' | 'idPrefix'>) =>
  raiseAlerts(alerts, touched(alerts.userId)),
)

/**
 * Counts a change, as `newRevision` does, and notes which lines it touches. `moves` selects `month, targets, amount` of
 * the money that it adds or, below 0, takes away; `total` is the target that has the sum of all of it.
 */
const noteMoves = (userId: Params['userId'], moves: SQL, total: 'overall' | 'income', column: SQL) => sql`
  WITH moves AS (${moves})
  UPDATE users SET revision = revision + 1, ${column} = ${column} + moved.total, touched_lines = moved.lines FROM (
    SELECT json_group_array(json_array(target, month, amount)) AS lines,
      coalesce(sum(iif(target = '${sql.raw(total)}', amount, 0)), 0) AS total
    FROM (SELECT value AS target, month, sum(amount) AS amount FROM moves, json_each(targets) GROUP BY 1, 2)
  ) AS moved WHERE id = ${userId}`

/** The targets whose lines have an expense of this category. */
export const targetsOf = (category: SQL) => sql`json_array('overall', coalesce(${category}, 'none'))`

/** Notes what a write moves of expenses: `moves` selects `month, targets, amount`. */
export const noteSpending = (userId: Params['userId'], moves: SQL) =>
  noteMoves(userId, moves, 'overall', sql`total_spent`)

/** Notes what a write moves of incomes: `moves` selects `month, amount`. */
export const noteEarnings = (userId: Params['userId'], moves: SQL) =>
  noteMoves(userId, sql`SELECT month, '["income"]' AS targets, amount FROM (${moves})`, 'income', sql`total_earned`)

type Statement = Bookkeeping<BudgetLine>['prepare'][number]

/** Keeps the lines in step with a write of expenses that `note` has noted, and tells its impact. */
export const spendingImpact = ({ userId }: Actor, note: Statement): Bookkeeping<BudgetLine> => ({
  prepare: [note, ensureTouched({ userId })],
  lines: touchedLines({ userId }),
  apply: [addSpending({ userId }), carrySpending({ userId })],
  conclude: [raiseDueAlerts(newAlerts({ userId }))],
})

/** Keeps the sums in step with a write of incomes that `note` has noted: it has no impact on any limit. */
export const earningsImpact = ({ userId }: Actor, note: Statement): Bookkeeping<never> => ({
  prepare: [note, ensureTouched({ userId })],
  apply: [addSpending({ userId })],
  conclude: [],
})

/** Counts a change of a limit, and notes the one line that tells its impact. `month` is a MonthNumber. */
export const noteLimit = (userId: Params['userId'], target: Params['target'], month: SQL) => sql`
  UPDATE users SET revision = revision + 1, touched_lines = json_array(json_array(${target}, ${month}, 0))
  WHERE id = ${userId}`

/** An override ends with its month: the row after it has what holds onward again. */
const ensureNext = compile(({ userId }: Params<'userId'>) =>
  ensureLines(userId, sql`SELECT target, month + 1 AS month FROM ${touched(userId)}`),
)

const copyTouched = compile(({ userId }: Params<'userId'>) =>
  copySettings(
    userId,
    sql`target IN (SELECT target FROM ${touched(userId)}) AND month >= (SELECT min(month) FROM ${touched(userId)})`,
  ),
)

const carryLimits = compile(({ userId }: Params<'userId'>) =>
  carryLimitsOn(userId, sql`SELECT target, min(month) AS month FROM ${touched(userId)} GROUP BY target`),
)

/** Keeps the lines in step with a write of a limit that `note` has noted, and tells its impact. */
export const limitImpact = ({ userId }: Actor, note: Statement): Bookkeeping<BudgetLine> => ({
  prepare: [note, ensureTouched({ userId }), ensureNext({ userId })],
  lines: touchedLines({ userId }),
  apply: [copyTouched({ userId }), carryLimits({ userId })],
  conclude: [raiseDueAlerts(newAlerts({ userId }))],
})

const noteMerge = compile(
  ({ userId, from, to }: Params<'userId' | 'from' | 'to'>) => sql`
  UPDATE users SET revision = revision + 1, touched_lines = (
    SELECT json_group_array(json_array(${to}, month, spent)) FROM budget_lines
    WHERE user_id = ${userId} AND target = ${from}
  ) WHERE id = ${userId}`,
)

/** Keeps the lines in step where all that one category has goes to another one. */
export const mergeImpact = ({ userId }: Actor, from: string, to: string): Bookkeeping<never> => ({
  prepare: [noteMerge({ userId, from, to }), ensureTouched({ userId })],
  apply: [addSpending({ userId }), copyTouched({ userId }), carryLimits({ userId })],
  conclude: [raiseDueAlerts(newAlerts({ userId }))],
})

/** The member `budget` of the answer to a write: what it has done to each of the lines that it touches. */
export const toBudgetImpact = ({ linesBefore, linesAfter }: { linesBefore: BudgetLine[]; linesAfter: BudgetLine[] }) =>
  linesAfter.map((after, i) => {
    const before = linesBefore[i] ?? after
    const percents = after.alertPercents ?? []
    const reachedBefore = reachedOf(before, percents)
    return {
      target: after.target,
      month: toMonthName(after.month as MonthNumber),
      limit: after.limit,
      before: { spent: before.spent, available: before.available, state: stateOf(before, before.alertPercents) },
      after: {
        spent: after.spent,
        available: after.available,
        percentUsed: percentUsedOf(after),
        state: stateOf(after, percents),
      },
      crossed: reachedOf(after, percents).filter((percent) => !reachedBefore.includes(percent)),
    }
  })
