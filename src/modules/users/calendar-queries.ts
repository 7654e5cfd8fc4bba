import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Params } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { toMonthNumber, utcOffset } from '../../shared/calendar.ts'
import { now, toInstant } from '../../shared/clock.ts'

/** The names of the parameters from which a statement computes the current day. */
export type ClockNames = 'now' | 'zone' | 'offset'

/**
 * The values for `todayIn`: seconds since 1970, and the zone of the access token with its offset in minutes. An API token
 * has none, and an empty one is nobody's.
 */
export const clockOf = ({ timeZone }: Pick<Actor, 'timeZone'>): Record<ClockNames, number | string> => {
  const at = now()
  return { now: Math.floor(at / 1000), zone: timeZone ?? '', offset: timeZone ? utcOffset(timeZone, at) : 0 }
}

/**
 * The user's current calendar day, as SQL next to the user's row. The access token names the zone, and `Intl` knows its
 * offset, so that no round trip is needed to read the zone first. If the user has changed the zone since the token was
 * issued, at most ten minutes ago, the row holds the offset of the new zone. It does for API tokens, too, which name none:
 * an hourly job keeps it up to date (offset-job.ts).
 */
export const todayIn = ({ now, zone, offset }: Params<ClockNames>) =>
  sql<string>`date(${now} + 60 * iif(time_zone = ${zone}, ${offset}, utc_offset), 'unixepoch')`

/**
 * The MonthNumber of the day `date`, as SQL next to the user's row. A day before `monthStartDay` belongs to the month
 * that started in the calendar month before. As a number, a day is its year.
 */
export const monthOf = (date: SQL) =>
  sql<number>`(${date} * 12 + substr(${date}, 6, 2) - 1 - (substr(${date}, 9) + 0 < month_start_day))`

/** The first day of the user's MonthNumber `month`, as SQL next to the user's row. */
export const firstDayIn = (month: SQLWrapper) =>
  sql<string>`printf('%d-%02d-%02d', (${month}) / 12, (${month}) % 12 + 1, month_start_day)`

/** The value for `monthNamed` of a month in a path: null stands for the current month. */
export const monthParam = (month: string): number | null => (month === 'current' ? null : toMonthNumber(month))

/** The MonthNumber of a month in a path, for use inside any statement. */
export const monthNamed = (params: Params<'userId' | 'month' | ClockNames>) =>
  sql<number>`coalesce(${params.month}, (SELECT ${monthOf(todayIn(params))} FROM users WHERE users.id = ${params.userId}))`

/** The month that runs, where the path says so, else the one that it names: for what is compiled for each of the two. */
export const monthIn = (params: Params<'userId' | 'month' | ClockNames>, isCurrent: boolean) =>
  isCurrent
    ? sql<number>`(SELECT ${monthOf(sql`today`)}
        FROM (SELECT month_start_day, ${todayIn(params)} AS today FROM users WHERE users.id = ${params.userId}))`
    : sql<number>`${params.month}`

/** How far the clocks of the world are ahead of UTC and behind it at most, in milliseconds. */
const [AHEAD_MS, BEHIND_MS] = [14 * 3_600_000, 12 * 3_600_000]
/** A month can have begun so long before the calendar month that it ends in. */
const LATEST_START_MS = 27 * 86_400_000

/** Whether a month in a path can be the one that runs: it is, or is close enough for that to depend on the user's settings. */
export const canRun = (month: string): boolean => {
  const monthAt = (milliseconds: number) => toInstant(milliseconds).slice(0, 7)
  return (
    month === 'current' || (month >= monthAt(now() - BEHIND_MS - LATEST_START_MS) && month <= monthAt(now() + AHEAD_MS))
  )
}

/** The first day of the month that runs, moved by `months`, as SQL next to the user's row; `today` is as `todayIn` has it. */
const firstDayFrom = (today: SQL, months: number) =>
  sql<string>`date(${today}, (1 - month_start_day) || ' days', 'start of month', ${sql.raw(`'${months} months'`)},
    (month_start_day - 1) || ' days')`

/** The first day of the user's month that runs, moved by `months`, for use inside any statement. */
export const runningFirstDay = (params: Params<'userId' | ClockNames>, months = 0) =>
  sql<string>`(SELECT ${firstDayFrom(todayIn(params), months)} FROM users WHERE users.id = ${params.userId})`

/** The first day of the user's month `YYYY-MM`, moved by `months`, for use inside any statement. */
export const firstDayOf = (userId: Params['userId'], month: Params['month'], months = 0) =>
  sql<string>`(SELECT date(${month} || '-01', ${sql.raw(`'${months} months'`)}, (month_start_day - 1) || ' days')
    FROM users WHERE users.id = ${userId})`
