import { type SQL, sql } from 'drizzle-orm'
import { requires } from '../../db/guard.ts'
import { compile, type Params, type Statement, statements } from '../../db/statement.ts'
import type { Bookkeeping, RowOf } from '../../db/transaction.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthName } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { newIdStart } from '../../shared/ids.ts'
import { categoryName } from '../categories/queries.ts'
import { raiseAlerts } from './alert-queries.ts'
import { percentUsedOf, reachedOf, stateOf } from './line.ts'
import { carryLimitsOn, carryOn, copySettings, ensureLines } from './line-queries.ts'
import { MAX_LINES, tooManyLines } from './problems.ts'

/** The lines that the write which runs touches, as rows of `[target, month, amount]`: what it adds to their spending. */
const touched = (userId: Params['userId']) => sql`json_each((SELECT touched_lines FROM users WHERE id = ${userId}))`
const [target, month, amount] = [sql`value ->> 0`, sql`value ->> 1`, sql`value ->> 2`]

/** The same, as rows of `target, month`. */
const touchedKeys = (userId: Params['userId']) =>
  sql`SELECT ${target} AS target, ${month} AS month FROM ${touched(userId)}`

export type BudgetLine = RowOf<ReturnType<typeof touchedLines>>

const touchedLines = compile(({ userId }: Params<'userId'>) =>
  statements
    .select({
      target: sql<string>`target`,
      month: sql<MonthNumber>`month`,
      limit: sql<number | null>`limit_amount`,
      carriedIn: sql<number>`carried_in`,
      spent: sql<number>`spent`,
      available: sql<number | null>`available`,
      percentReached: sql<number>`percent_reached`,
      alertPercents: sql<number[] | null>`alert_percents`.mapWith(JSON.parse),
      name: categoryName(userId, sql`target`),
    })
    // Crossed, so that SQLite goes from the few that are touched to their rows.
    .from(sql`${touched(userId)} CROSS JOIN budget_lines`)
    .where(sql`(user_id, target, month) = (${userId}, ${target}, ${month})`),
)

const ensureTouched = compile(({ userId }: Params<'userId'>) => ensureLines(userId, touchedKeys(userId)))

/** Every touched line has a row. It is found by its key as a conflict: an UPDATE would search all rows of the user. */
const addSpending = compile(
  ({ userId }: Params<'userId'>) => sql`
  INSERT INTO budget_lines (user_id, target, month, spent, carried_in)
  SELECT ${userId}, ${target}, ${month}, ${amount}, 0 FROM ${touched(userId)} WHERE TRUE
  ON CONFLICT DO UPDATE SET spent = spent + excluded.spent`,
)

const carrySpending = compile(({ userId }: Params<'userId'>) =>
  carryOn(userId, sql`SELECT ${target}, min(${month}), 0 FROM ${touched(userId)} GROUP BY 1`),
)

const raiseTouched = compile((params: Params<'userId' | 'at' | 'idStart'>) =>
  raiseAlerts(params, touched(params.userId)),
)

const raiseDueAlerts = (userId: string) => {
  const at = now()
  return raiseTouched({ userId, at, idStart: newIdStart(at) })
}

/** The totals of a user: the column of each, what it is more by, and the target on which all of it is. */
const [SPENT, EARNED] = [
  { column: sql.raw('total_spent'), more: sql.raw('spent'), target: sql.raw("'overall'") },
  { column: sql.raw('total_earned'), more: sql.raw('earned'), target: sql.raw("'income'") },
]

/**
 * Counts a change, as `newRevision` does, and notes which lines it touches. `moves` selects `month, amount` of the money
 * that it adds or, below 0, takes away. `targets` is JSON of the targets on which that is, and `totals` are those that it
 * changes. With `hasGross`, `moves` also selects `gross`: what it adds to a total, if not the amount. SQLite's `total` is a
 * float, which is exact here: the bound of the columns is below 2^53.
 */
const noteMoves = (
  userId: Params['userId'],
  moves: SQL,
  { targets, totals, hasGross }: { targets: SQL; totals: (typeof SPENT)[]; hasGross: boolean },
) => {
  const added = totals.map(({ column, more }) => sql`${column} = ${column} + ${more}`)
  const sums = totals.map(
    ({ more, target }) => sql`total(${sql.raw(hasGross ? 'gross' : 'amount')} * (target = ${target})) AS ${more}`,
  )
  return sql`
  UPDATE users SET revision = revision + 1, ${sql.join(added, sql`, `)}, touched_lines = lines FROM (
    SELECT json_group_array(json_array(target, month, amount)) AS lines, ${sql.join(sums, sql`, `)}
    FROM (SELECT value AS target, month, sum(amount) AS amount${sql.raw(hasGross ? ', sum(gross) AS gross' : '')}
      FROM (${moves}), json_each(${targets}) GROUP BY 1, 2)
  ) WHERE id = ${userId}`
}

/** The targets whose lines have an expense of this category. */
export const targetsOf = (category: SQL) => sql`json_array('overall', ifnull(${category}, 'none'))`

/** The targets whose lines have an income. */
export const INCOME_TARGETS = sql.raw(`'["income"]'`)

/**
 * Notes what a write moves of expenses: `moves` selects `month, targets, amount` and, where refunds may be among them,
 * `gross`: the amount as if nothing were a refund. The total is of that, so that it bounds the sum of any of them.
 */
export const noteSpending = (userId: Params['userId'], moves: SQL, hasGross = true) =>
  noteMoves(userId, moves, { targets: sql`targets`, totals: [SPENT], hasGross })

/** Notes what a write moves of incomes: `moves` selects `month, amount`. */
export const noteEarnings = (userId: Params['userId'], moves: SQL) =>
  noteMoves(userId, moves, { targets: INCOME_TARGETS, totals: [EARNED], hasGross: false })

/** Notes what a write moves of both: `moves` selects `month, targets, amount, gross`. */
export const noteMoney = (userId: Params['userId'], moves: SQL) =>
  noteMoves(userId, moves, { targets: sql`targets`, totals: [SPENT, EARNED], hasGross: true })

/** Keeps the lines in step with a write of expenses that `note` has noted, and tells its impact. */
export const spendingImpact = ({ userId }: Pick<Actor, 'userId'>, note: Statement): Bookkeeping<BudgetLine> => ({
  prepare: [note, ensureTouched({ userId })],
  lines: touchedLines({ userId }),
  apply: [addSpending({ userId }), carrySpending({ userId })],
  conclude: [raiseDueAlerts(userId)],
})

const requireReach = compile(({ userId, most }: Params<'userId' | 'most'>) =>
  requires(sql`(SELECT count(*) FROM (
    SELECT 1 FROM (SELECT target, min(month) AS month FROM (${touchedKeys(userId)}) GROUP BY target) AS first
      CROSS JOIN budget_lines AS line
      ON line.user_id = ${userId} AND line.target = first.target AND line.month >= first.month
    LIMIT ${most} + 1
  )) <= ${most}`),
)

/** The same for a batch, which is refused where it would hold up everybody else's writes: it may reach `most` lines. */
export const batchImpact = (
  { userId }: Actor,
  impact: Bookkeeping<BudgetLine>,
  most = MAX_LINES,
): Bookkeeping<BudgetLine> => ({
  ...impact,
  guards: [{ statement: requireReach({ userId, most }), problem: () => tooManyLines(most) }],
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

/** The months before and after one whose limit changes: an override ends with its month. */
const ensureNeighbours = compile(({ userId }: Params<'userId'>) =>
  ensureLines(
    userId,
    sql`SELECT target, month - 1 AS month FROM (${touchedKeys(userId)})
      UNION SELECT target, month + 1 FROM (${touchedKeys(userId)})`,
  ),
)

const copyTouched = compile(({ userId }: Params<'userId'>) =>
  copySettings(
    userId,
    sql`target IN (SELECT ${target} FROM ${touched(userId)}) AND month >= (SELECT min(${month}) FROM ${touched(userId)})`,
  ),
)

const carryLimits = compile(({ userId }: Params<'userId'>) =>
  carryLimitsOn(userId, sql`SELECT target, min(month) AS month FROM (${touchedKeys(userId)}) GROUP BY target`),
)

/** Keeps the lines in step with a write of a limit that `note` has noted, and tells its impact. */
export const limitImpact = ({ userId }: Actor, note: Statement): Bookkeeping<BudgetLine> => ({
  prepare: [note, ensureTouched({ userId }), ensureNeighbours({ userId })],
  lines: touchedLines({ userId }),
  apply: [copyTouched({ userId }), carryLimits({ userId })],
  conclude: [raiseDueAlerts(userId)],
})

/** Touched are the months in which money moves, and those in which a limit moves. */
const noteMerge = compile(
  ({ userId, from, to }: Params<'userId' | 'from' | 'to'>) => sql`
  UPDATE users SET revision = revision + 1, touched_lines = (
    SELECT json_group_array(json_array(${to}, month, amount)) FROM (
      SELECT month, sum(spent) AS amount FROM (
        SELECT month, spent FROM budget_lines WHERE user_id = ${userId} AND target = ${from} AND spent <> 0
        UNION ALL SELECT month, 0 FROM budgets AS it WHERE user_id = ${userId} AND target = ${from} AND NOT EXISTS (
          SELECT 1 FROM budgets WHERE (user_id, target, scope, month) = (${userId}, ${to}, it.scope, it.month))
      ) GROUP BY month
    )
  ) WHERE id = ${userId}`,
)

/** Keeps the lines in step where all that one category has goes to another one. */
export const mergeImpact = ({ userId }: Actor, from: string, to: string): Bookkeeping<never> => ({
  prepare: [noteMerge({ userId, from, to }), ensureTouched({ userId }), ensureNeighbours({ userId })],
  apply: [addSpending({ userId }), copyTouched({ userId }), carryLimits({ userId })],
  conclude: [raiseDueAlerts(userId)],
})

const isBefore = (a: BudgetLine, b: BudgetLine) =>
  a.month - b.month || Number(a.target !== 'overall') - Number(b.target !== 'overall') || (a.target < b.target ? -1 : 1)

/** The lines with a limit or without one, by month, `overall` first: what has no category, and what comes in, has none. */
const inOrder = (lines: BudgetLine[]) =>
  lines.filter(({ target }) => target !== 'none' && target !== 'income').sort(isBefore)

/** The member `budget` of the answer to a write: what it has done to each of the lines that it touches. */
export const toBudgetImpact = ({
  linesBefore,
  linesAfter,
}: {
  linesBefore: BudgetLine[]
  linesAfter: BudgetLine[]
}) => {
  const before = inOrder(linesBefore)
  return inOrder(linesAfter).map((line, i) => toImpact(before[i] ?? line, line))
}

const toImpact = (before: BudgetLine, after: BudgetLine) => {
  const percents = after.alertPercents ?? []
  const reachedBefore = reachedOf(before, before.alertPercents ?? [])
  return {
    target: after.target,
    name: after.name,
    month: toMonthName(after.month),
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
}
