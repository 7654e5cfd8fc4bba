import { type SQL, sql } from 'drizzle-orm'
import type { Params } from '../../db/statement.ts'
import type { MonthNumber } from '../../shared/calendar.ts'
import { carriedInto, percentReachedOf, type StoredFigures } from './line.ts'
import type { BudgetRow } from './table.ts'

/** One user or, of lines of several, the column that names them. */
type UserId = Params['userId'] | SQL

/** The line of a target in a month. Without a limit in force, what comes with one is null. */
export type LineRow = StoredFigures & {
  target: string
  month: MonthNumber
  rollover: BudgetRow['rollover'] | null
  alertPercents: number[] | null
  scope: BudgetRow['scope'] | null
  setIn: MonthNumber | null
}

/** The row of a `wanted` line, or the one before it. */
const rowUntil = (userId: UserId) => sql`budget_lines AS r ON (r.user_id, r.target, r.month) = (${userId}, w.target, (
  SELECT max(month) FROM budget_lines WHERE user_id = ${userId} AND target = w.target AND month <= w.month))`

/**
 * A table `lines` of what `wanted` asks for, which selects `target, month`: each line is its own row or, in a month
 * without one, follows from the row before. It has all columns of `wanted`. The LIMIT, of nothing, keeps SQLite from
 * merging it into the select around it, where it would write out each column wherever that is named.
 */
export const linesAt = (userId: UserId, wanted: SQL) => sql`(
  SELECT w.*, limit_amount, rollover, alert_percents, scope, set_in,
    iif(r.month = w.month, spent, 0) AS spent,
    iif(r.month = w.month, carried_in, ${carriedInto(sql`w.month`, sql`rollover`, sql`r`)}) AS carried_in
  FROM (${wanted}) AS w LEFT JOIN ${rowUntil(userId)} LIMIT -1) AS lines`

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
  rollover: column<LineRow['rollover']>('rollover'),
  alertPercents: column<number[] | null>('alert_percents').mapWith(JSON.parse),
  scope: column<LineRow['scope']>('scope'),
  setIn: column<MonthNumber | null>('set_in'),
}

/** How much of a threshold is reached in a row of `lines`, as SQL. */
export const percentReached = percentReachedOf(figures)

/** Makes sure that the lines which `wanted` asks for (`target, month`) have rows: as they are, nothing changes by that. */
export const ensureLines = (userId: UserId, wanted: SQL) => sql`
  INSERT INTO budget_lines
    (user_id, target, month, spent, limit_amount, rollover, alert_percents, scope, set_in, carried_in)
  SELECT ${userId}, w.target, w.month, 0, limit_amount, rollover, alert_percents, scope, set_in,
    ${carriedInto(sql`w.month`, sql`rollover`, sql`r`)}
  FROM (${wanted}) AS w LEFT JOIN ${rowUntil(userId)} WHERE r.month IS NOT w.month`

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
 * Carries money on to all later rows of each target that `first` selects (`target, month, change`): the row to begin
 * with, and by how much what it takes over has changed. In the newest month there are no later rows: only a correction
 * of a month that is past walks.
 */
export const carryOn = (userId: UserId, first: SQL) => sql`
  WITH RECURSIVE chain (target, month, change) AS (
    ${first}
    UNION ALL
    SELECT n.target, n.month, ${carriedInto(sql`n.month`, sql`n.rollover`, sql`l`, sql`l.available + change`)} - n.carried_in
    FROM chain AS c
    CROSS JOIN budget_lines AS l ON (l.user_id, l.target, l.month) = (${userId}, c.target, c.month)
    CROSS JOIN budget_lines AS n ON (n.user_id, n.target, n.month) = (${userId}, c.target, (
      SELECT min(month) FROM budget_lines WHERE user_id = ${userId} AND target = c.target AND month > c.month))
  )
  INSERT INTO budget_lines (user_id, target, month, spent, carried_in)
  SELECT ${userId}, target, month, 0, change FROM chain WHERE change <> 0
  ON CONFLICT DO UPDATE SET carried_in = carried_in + excluded.carried_in`

/** Carries on what the limits leave, in all rows of the targets that `changed` selects, from a `month` on. */
export const carryLimitsOn = (userId: UserId, changed: SQL) =>
  carryOn(
    userId,
    sql`SELECT line.target, line.month,
        ${carriedInto(sql`line.month`, sql`line.rollover`, sql`previous`)} - line.carried_in
      FROM (${changed}) AS changed
      CROSS JOIN budget_lines AS line ON line.user_id = ${userId} AND line.target = changed.target AND line.month = (
        SELECT min(month) FROM budget_lines
        WHERE user_id = ${userId} AND target = changed.target AND month >= changed.month)
      LEFT JOIN budget_lines AS previous ON previous.user_id = ${userId} AND previous.target = changed.target
        AND previous.month = (SELECT max(month) FROM budget_lines
          WHERE user_id = ${userId} AND target = changed.target AND month < line.month)`,
  )
