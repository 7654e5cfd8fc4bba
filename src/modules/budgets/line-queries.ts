import { type SQL, sql } from 'drizzle-orm'
import type { Params } from '../../db/statement.ts'
import type { MonthNumber } from '../../shared/calendar.ts'
import { availableOf, carriedInto, type Figures, percentReachedOf } from './line.ts'
import type { BudgetRow } from './table.ts'

type UserId = Params['userId']

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
 * A table `lines` of what `wanted` asks for, which selects `target, month`: each line is its own row or, in a month
 * without one, follows from the row before.
 */
export const linesAt = (userId: UserId, wanted: SQL) => sql`(
  SELECT wanted.target, wanted.month, limit_amount, rollover, alert_percents, scope, set_in,
    iif(row.month = wanted.month, spent, 0) AS spent,
    CASE row.month WHEN wanted.month THEN carried_in
      ELSE ${carriedInto(sql`wanted.month`, sql`row.rollover`, sql`row`)} END AS carried_in
  FROM (${wanted}) AS wanted LEFT JOIN budget_lines AS row ON row.user_id = ${userId} AND row.target = wanted.target
    AND row.month = (SELECT max(month) FROM budget_lines
      WHERE user_id = ${userId} AND target = wanted.target AND month <= wanted.month)
  ) AS lines`

const column = <T>(name: string) => sql<T>`lines.${sql.raw(name)}`

const figures = {
  limit: column<number | null>('limit_amount'),
  carriedIn: column<number>('carried_in'),
  spent: column<number>('spent'),
}

/** The columns of `lines`, as a LineRow has them. */
export const lineColumns = {
  target: column<string>('target'),
  month: column<MonthNumber>('month'),
  ...figures,
  available: availableOf(figures),
  percentReached: percentReachedOf(figures),
  rollover: column<LineRow['rollover']>('rollover'),
  alertPercents: column<number[] | null>('alert_percents').mapWith(JSON.parse),
  scope: column<LineRow['scope']>('scope'),
  setIn: column<MonthNumber | null>('set_in'),
}

/** Makes sure that the lines which `wanted` asks for (`target, month`) have rows. */
export const ensureLines = (userId: UserId, wanted: SQL) => sql`
  INSERT INTO budget_lines
    (user_id, target, month, spent, limit_amount, rollover, alert_percents, scope, set_in, carried_in)
  SELECT ${userId}, target, month, 0, limit_amount, rollover, alert_percents, scope, set_in, carried_in
  FROM ${linesAt(userId, wanted)} WHERE TRUE ON CONFLICT DO NOTHING`

/** Writes the limit in force into those rows of the user that meet `condition`. */
export const copySettings = (userId: UserId, condition: SQL) => sql`
  UPDATE budget_lines SET (limit_amount, rollover, alert_percents, scope, set_in) = (
    SELECT limit_amount, rollover, alert_percents, scope, month FROM (
      SELECT * FROM budgets WHERE user_id = ${userId} AND target = budget_lines.target
        AND (scope = 'month' AND month = budget_lines.month OR scope = 'onward' AND month <= budget_lines.month)
      -- By scope: an override, 'month', goes before what holds 'onward'.
      ORDER BY scope, month DESC LIMIT 1
    ) WHERE limit_amount IS NOT NULL
  ) WHERE user_id = ${userId} AND ${condition}`

/**
 * Carries money on from row to row, each target from the row that `first` selects (`target, month, carried_in, last`):
 * to the row `last` in any case, and then as long as there is a difference.
 */
const carryOn = (userId: UserId, first: SQL) => sql`
  WITH RECURSIVE chain (target, month, carried_in, last) AS (
    ${first}
    UNION ALL
    SELECT chain.target, next.month, ${carriedInto(
      sql`next.month`,
      sql`next.rollover`,
      sql`line`,
      sql`(line.limit_amount + chain.carried_in - line.spent)`,
    )}, last
    FROM chain
    JOIN budget_lines AS line ON line.user_id = ${userId} AND line.target = chain.target AND line.month = chain.month
    JOIN budget_lines AS next ON next.user_id = ${userId} AND next.target = chain.target AND next.month = (
      SELECT min(month) FROM budget_lines WHERE user_id = ${userId} AND target = chain.target AND month > chain.month)
    WHERE chain.month <= last OR chain.carried_in <> line.carried_in
  )
  UPDATE budget_lines SET carried_in = chain.carried_in FROM chain
  WHERE user_id = ${userId} AND budget_lines.target = chain.target AND budget_lines.month = chain.month
    AND budget_lines.carried_in <> chain.carried_in`

/** Carries on what a change of the spending in the lines that `touched` selects (`target, month`) leaves. */
export const carrySpendingOn = (userId: UserId, touched: SQL) =>
  carryOn(
    userId,
    sql`SELECT line.target, line.month, line.carried_in, last
      FROM (SELECT target, min(month) AS month, max(month) AS last FROM ${touched} GROUP BY target) AS touched
      JOIN budget_lines AS line
        ON line.user_id = ${userId} AND line.target = touched.target AND line.month = touched.month`,
  )

/** After every month there is. */
const END_OF_TIME = sql.raw('99999')

/** Carries on what the limits leave, in all rows of the targets that `targets` selects (`target, month`: from when on). */
export const carryLimitsOn = (userId: UserId, targets: SQL) =>
  carryOn(
    userId,
    sql`SELECT line.target, line.month, ${carriedInto(sql`line.month`, sql`line.rollover`, sql`previous`)}, ${END_OF_TIME}
      FROM (${targets}) AS changed
      JOIN budget_lines AS line ON line.user_id = ${userId} AND line.target = changed.target AND line.month = (
        SELECT min(month) FROM budget_lines
        WHERE user_id = ${userId} AND target = changed.target AND month >= changed.month)
      LEFT JOIN budget_lines AS previous ON previous.user_id = ${userId} AND previous.target = changed.target
        AND previous.month = (SELECT max(month) FROM budget_lines
          WHERE user_id = ${userId} AND target = changed.target AND month < line.month)`,
  )
