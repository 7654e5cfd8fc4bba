import { sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, type Statement, statements } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { type MonthNumber, toMonthName } from '../../shared/calendar.ts'
import { budgetsConflict } from '../categories/problems.ts'
import { currentRevision, noteDeletions } from '../ledger/revision.ts'
import { forgetDeleted, resource } from './queries.ts'

type Names = 'userId' | 'from' | 'to'

/** The setting of a target that holds onward in the month `at`, or has ended by then. */
const onwardOf = (userId: Params['userId'], target: Params['from']) => sql`budgets
  WHERE user_id = ${userId} AND target = ${target} AND scope = 'onward' AND month = (
    SELECT max(month) FROM budgets
    WHERE user_id = ${userId} AND target = ${target} AND scope = 'onward' AND month <= at)`

/**
 * The first month in which one of two targets has a limit that neither would have once the settings of `from` were those of
 * `to`, where that has none of the same month and scope; null if there is none. An end of the one then also ends what
 * holds for the other. Something can change only where there is a setting, or where an override is over.
 */
const firstLost = ({ userId, from, to }: Params<Names>) => {
  const isEither = sql`user_id = ${userId} AND target IN (${from}, ${to})`
  const figure = (name: string, target: Params['from']) =>
    sql`(SELECT ${sql.raw(name)} FROM ${onwardOf(userId, target)})`
  return sql`(SELECT min(at) FROM (
    SELECT at, ${figure('limit_amount', from)} AS old, ${figure('limit_amount', to)} AS own,
      ${figure('month', from)} > ifnull(${figure('month', to)}, 0) AS is_later
    FROM (SELECT DISTINCT month + value AS at FROM budgets, json_each('[0, 1]') WHERE ${isEither})
    WHERE NOT EXISTS (SELECT 1 FROM budgets WHERE ${isEither} AND scope = 'month' AND month = at)
  ) WHERE (old IS NULL) <> (own IS NULL) AND iif(is_later, old, own) IS NULL)`
}

const requireNoneLost = compile((params: Params<Names>) => requires(sql`${firstLost(params)} IS NULL`))

const selectFirstLost = compile((params: Params<Names>) =>
  statements.select({ month: sql<MonthNumber>`month` }).from(sql`(SELECT ${firstLost(params)} AS month)`),
)

/** Requires that no month loses its limit where the budgets of a category move to another one. */
export const losesNoLimit = ({ userId }: Actor, from: string, to: string): Guard => {
  const values = { userId, from, to }
  return {
    statement: requireNoneLost(values),
    explanation: selectFirstLost(values),
    problem: ([row]) =>
      budgetsConflict({
        detail:
          `In ${toMonthName(Number(row?.[0]))} one of the two categories has a limit, and together they would have none: the ` +
          'budget of the other one ends before. Set a budget for that month on the category that has ended, or end the ' +
          'other, first.',
      }),
  }
}

const noteMoved = compile(({ userId, from }: Params<'userId' | 'from'>) =>
  noteDeletions(userId, sql`SELECT ${resource} FROM budgets WHERE user_id = ${userId} AND target = ${from}`),
)

const moveRows = compile(
  ({ userId, from, to }: Params<Names>) => sql`
  UPDATE OR IGNORE budgets SET target = ${to}, category_id = ${to}, revision = ${currentRevision(userId)}
  WHERE user_id = ${userId} AND target = ${from}`,
)

const dropRows = compile(
  ({ userId, from }: Params<'userId' | 'from'>) =>
    sql`DELETE FROM budgets WHERE user_id = ${userId} AND target = ${from}`,
)

/** Moves the budgets of a category to another one; where that has one of the same month and scope, its own stays. */
export const moveBudgets = ({ userId }: Actor, from: string, to: string): Statement[] => [
  noteMoved({ userId, from }),
  moveRows({ userId, from, to }),
  forgetDeleted({ userId, target: to }),
  dropRows({ userId, from }),
]
