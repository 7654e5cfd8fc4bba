import { type SQL, sql } from 'drizzle-orm'
import { clampedDayOf, LAST_DAY, toDayName, toDayNumber, toMonthNumber } from '../../shared/calendar.ts'
import type { PlanRow } from './table.ts'

/** What decides on which days a plan is due. */
export type Rule = Pick<PlanRow, 'start' | 'every' | 'unit' | 'monthDay' | 'until'>

/** A day on which a plan is due: the k-th after its start, which is the 0th. */
export type Occurrence = { k: number; due: string }

/** What a plan that occurs once repeats every, in days: longer than from the first day that can be to the last. */
const ONCE = 99_999

/** How long a step of the rule is, in days or in months. */
const stepOf = ({ every, unit }: Rule) => {
  const isByMonth = unit === 'month' || unit === 'year'
  const units = unit === 'week' ? 7 : unit === 'year' ? 12 : 1
  return { isByMonth, size: every === null ? ONCE : every * units }
}

/**
 * The days from `from` to `to` (both inclusive, `YYYY-MM-DD`) on which a plan is due, in order. The k-th is its start plus
 * k times `every` units, and the last day of a month that is too short: 31 January, 28 February, 31 March. A plan that
 * starts on 28 February goes on like that if its `monthDay` is 31. `until` is inclusive, and nothing is due after
 * 2199-12-31. It costs what it returns, however long ago the plan began.
 */
export const occurrencesBetween = (rule: Rule, from: string, to: string): Occurrence[] => {
  const { start, monthDay, until } = rule
  const { isByMonth, size } = stepOf(rule)
  const last = [to, until ?? LAST_DAY].sort()[0] ?? to
  const numberOf = (day: string) => (isByMonth ? toMonthNumber(day.slice(0, 7)) : toDayNumber(day))
  const stepsTo = (day: string) => (numberOf(day) - numberOf(start)) / size
  const dueAt = (k: number) => {
    const at = numberOf(start) + k * size
    return isByMonth ? clampedDayOf(at, monthDay ?? Number(start.slice(8))) : toDayName(at)
  }
  const occurrences: Occurrence[] = []
  for (let k = Math.max(0, Math.ceil(stepsTo(from))); k <= stepsTo(last); k++) occurrences.push({ k, due: dueAt(k) })
  return occurrences.filter(({ due }) => due >= from && due <= last)
}

/** A day as a number, of months or of days, of which a step of the rule has `size`. As a number, a day is its year. */
const numberOf = (day: SQL) => sql`iif(is_by_month, ${day} * 12 + substr(${day}, 6, 2), unixepoch(${day}) / 86400)`

/**
 * The same of any number of plans, as SQL: a select of `user_id, plan_id, k, due`, those of one plan in order. `plans` is
 * what follows `FROM`, with its WHERE: rows of `plans`, under that name. `from` and `to` are SQL next to such a row.
 */
export const selectOccurrences = (plans: SQL, from: SQL, to: SQL) => sql`
  WITH RECURSIVE rule AS (
    SELECT plans.user_id, plans.id AS plan_id, start, ifnull(month_day, substr(start, 9)) AS day,
      ${from} AS since, min(${to}, ifnull(until, ${sql.raw(`'${LAST_DAY}'`)})) AS upto, unit IN ('month', 'year') AS is_by_month,
      ifnull(every * CASE unit WHEN 'week' THEN 7 WHEN 'year' THEN 12 ELSE 1 END, ${sql.raw(String(ONCE))}) AS size
    FROM ${plans}
  ), step AS (
    SELECT *, (${numberOf(sql`upto`)} - ${numberOf(sql`start`)}) / size AS last_k,
      max(0, (${numberOf(sql`since`)} - ${numberOf(sql`start`)} + size - 1) / size) AS k
    FROM rule
    UNION ALL
    SELECT user_id, plan_id, start, day, since, upto, is_by_month, size, last_k, k + 1 FROM step WHERE k < last_k
  )
  SELECT user_id, plan_id, k, due FROM (
    -- Of a month that is too short, its last day is less than that of the start.
    SELECT *, iif(is_by_month, min(month_end, substr(month_end, 1, 8) || day),
      date(start, (k * size) || ' days')) AS due
    FROM (SELECT *, date(start, 'start of month', (k * size + 1) || ' months', '-1 day') AS month_end FROM step)
  ) WHERE due BETWEEN since AND upto`
