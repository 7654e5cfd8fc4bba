import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../http/context.ts'
import type { MonthNumber } from '../../shared/calendar.ts'
import type { BudgetRow } from '../budgets/table.ts'
import type { Figures } from './line.ts'

/** The line of a target in a month. Without a limit in force, what comes with one is null. */
export type LineRow = Figures & {
  target: string
  month: MonthNumber
  rollover: BudgetRow['rollover'] | null
  alertPercents: number[] | null
  scope: BudgetRow['scope'] | null
  setIn: MonthNumber | null
}

/**
 * A table of the lines that `wanted` asks for, which selects `target, month`: with the limit in force, what the months
 * before carry in, and what is spent.
 *
 * `chain` goes from month to month, once for each target, since what a month carries in is what the one before has
 * left, under the rollover that holds in the one that receives it. It `begins` with the first month for which the target
 * has a limit or, where nothing is carried into any that is wanted, with the first of those; before that stands a month
 * that has nothing left. `onward` is the month of the setting that holds onward, `set_in` that of the one in force.
 */
export const linesOf = ({ userId }: Pick<Actor, 'userId'>, wanted: SQL) => {
  const settings = sql`budgets WHERE user_id = ${userId} AND target = wanted.target`
  // By scope: an override, 'month', goes before what holds 'onward'.
  const rollover = sql`(
    SELECT rollover FROM ${settings}
      AND (scope = 'month' AND month = wanted.month OR scope = 'onward' AND month <= wanted.month)
    ORDER BY scope, month DESC LIMIT 1
  )`
  const left = sql`coalesce(chain.limit_amount + carried_in - spent, 0)`
  return sql`(
    WITH RECURSIVE wanted (target, month) AS (${wanted}),
    begins (target, month, last) AS (
      SELECT target, min(CASE ${rollover} WHEN 'none' THEN wanted.month
        ELSE min(wanted.month, coalesce((SELECT min(month) FROM ${settings}), wanted.month)) END), max(month)
      FROM wanted GROUP BY target
    ),
    chain (target, last, month, onward, scope, set_in, limit_amount, carried_in, spent) AS (
      SELECT target, last, month - 1, (
        SELECT max(month) FROM budgets
        WHERE user_id = ${userId} AND target = begins.target AND scope = 'onward' AND month < begins.month
      ), NULL, NULL, NULL, 0, 0 FROM begins
      UNION ALL
      SELECT chain.target, last, chain.month + 1, coalesce(anew.month, onward),
        force.scope, force.month, force.limit_amount,
        CASE force.rollover WHEN 'full' THEN ${left} WHEN 'surplus' THEN max(${left}, 0) ELSE 0 END,
        coalesce(total.amount, 0)
      FROM chain
      LEFT JOIN budgets AS anew ON anew.user_id = ${userId} AND anew.target = chain.target
        AND anew.scope = 'onward' AND anew.month = chain.month + 1
      LEFT JOIN budgets AS override ON override.user_id = ${userId} AND override.target = chain.target
        AND override.scope = 'month' AND override.month = chain.month + 1
      LEFT JOIN budgets AS force ON force.user_id = ${userId} AND force.target = chain.target
        AND force.scope = coalesce(override.scope, 'onward')
        AND force.month = coalesce(override.month, anew.month, onward)
      LEFT JOIN monthly_totals AS total ON total.user_id = ${userId} AND total.target = chain.target
        AND total.month = chain.month + 1
      WHERE chain.month < last
    )
    SELECT chain.target, chain.month, chain.limit_amount, carried_in, spent, rollover, alert_percents,
      budgets.scope, budgets.month AS set_in
    FROM wanted JOIN chain ON chain.target = wanted.target AND chain.month = wanted.month
    LEFT JOIN budgets ON budgets.user_id = ${userId} AND budgets.target = chain.target
      AND budgets.scope = chain.scope AND budgets.month = set_in AND budgets.limit_amount IS NOT NULL
  ) AS lines`
}

const column = <T>(name: string) => sql<T>`lines.${sql.raw(name)}`

/** The columns of a table of lines, as a LineRow has them. */
export const lineColumns = {
  target: column<string>('target'),
  month: column<MonthNumber>('month'),
  limit: column<number | null>('limit_amount'),
  carriedIn: column<number>('carried_in'),
  spent: column<number>('spent'),
  rollover: column<LineRow['rollover']>('rollover'),
  alertPercents: column<number[] | null>('alert_percents').mapWith(JSON.parse),
  scope: column<LineRow['scope']>('scope'),
  setIn: column<MonthNumber | null>('set_in'),
}

/** Whether a threshold of a line is reached: `isReached` of line.ts, in SQL. */
export const isReachedIn = (line: SQL, percent: SQL) => sql`CASE
  WHEN ${line}.limit_amount IS NULL THEN FALSE
  WHEN ${line}.limit_amount + ${line}.carried_in > 0
    THEN ${line}.spent * 100 >= ${percent} * (${line}.limit_amount + ${line}.carried_in)
  ELSE ${line}.spent > ${line}.limit_amount + ${line}.carried_in END`
