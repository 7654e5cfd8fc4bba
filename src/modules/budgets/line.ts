import { type SQL, sql } from 'drizzle-orm'
import type { Progress } from '../../shared/calendar.ts'
import { toSafeInteger } from '../../shared/money.ts'

/** What a line is computed from, as SQL, in minor units. Without a limit, what derives from one is null. */
type FigureColumns = { limit: SQL; carriedIn: SQL; spent: SQL }

/** What the month can still bear: `limit + carriedIn − spent`. */
export const availableOf = ({ limit, carriedIn, spent }: FigureColumns) =>
  sql<number | null>`${limit} + ${carriedIn} - ${spent}`

/**
 * How many whole percent of `limit + carriedIn` are spent, 1000 at most: a threshold is reached where it is not above
 * this. Where there is nothing to spend, every threshold is reached once money is overspent; without a limit, none is.
 */
export const percentReachedOf = ({ limit, carriedIn, spent }: FigureColumns) => sql<number>`CASE
  WHEN ${limit} IS NULL THEN 0
  WHEN ${limit} + ${carriedIn} > 0 THEN min(${spent} * 100 / (${limit} + ${carriedIn}), 1000)
  ELSE (${spent} > ${limit} + ${carriedIn}) * 1000 END`

/**
 * What a month takes over under its `rollover`, in minor units: nothing (`none`), what is left over (`surplus`), or what
 * is overspent, too (`full`). `previous` is an alias of budget_lines, the row before the month, with `available` as it
 * is now. The months between the two add their whole limit: they have the limit and the rollover of both, since there
 * is a row in the month before any change of them.
 */
export const carriedInto = (month: SQL, rollover: SQL, previous: SQL, available = sql`${previous}.available`) =>
  sql<number>`ifnull(CASE ${rollover} WHEN 'full' THEN ${available} WHEN 'surplus' THEN max(${available}, 0) END
    + ${previous}.limit_amount * (${month} - ${previous}.month - 1), 0)`

/** What a line is computed from, in minor units. */
export type StoredFigures = { limit: number | null; carriedIn: number; spent: number }

/** What a line says, in minor units. Without a limit, `available` is null. */
export type Figures = StoredFigures & { available: number | null; percentReached: number }

export type State = 'under' | 'alert' | 'over'

/** `dividend ÷ divisor`, rounded down, also below 0. The divisor is above 0. */
const floorDivision = (dividend: bigint, divisor: bigint) => dividend / divisor - (dividend % divisor < 0n ? 1n : 0n)

/**
 * `spent` in percent of `limit + carriedIn`, with one decimal, rounded down, so that it is at a threshold only where
 * that is reached; below 0 where more came back than was spent, null where there is nothing to spend.
 */
export const percentUsedOf = ({ limit, carriedIn, spent }: StoredFigures) => {
  // BigInt: a thousand times a sum can pass 2^53.
  const base = limit === null ? 0n : BigInt(limit + carriedIn)
  return base > 0n ? Number(floorDivision(BigInt(spent) * 1000n, base)) / 10 : null
}

/** The figures of a line, with those that `availableOf` and `percentReachedOf` derive in SQL: that costs a read more. */
export const toFigures = (line: StoredFigures): Figures => {
  const { limit, carriedIn, spent } = line
  const available = limit === null ? null : limit + carriedIn - spent
  const percentUsed = percentUsedOf(line)
  const percentReached = percentUsed === null ? Number((available ?? 0) < 0) * 1000 : Math.min(percentUsed, 1000)
  return { limit, carriedIn, spent, available, percentReached: Math.floor(percentReached) }
}

/** Those of the thresholds that a line has reached, ascending. */
export const reachedOf = ({ percentReached }: Pick<Figures, 'percentReached'>, alertPercents: number[]): number[] =>
  alertPercents.filter((percent) => percent <= percentReached).sort((a, b) => a - b)

/** `over` where more is spent than there is; else `alert` where a threshold is reached; else `under`. */
export const stateOf = (
  line: Pick<Figures, 'available' | 'percentReached'>,
  alertPercents: number[] | null,
): State | null => {
  if (line.available === null) return null
  if (line.available < 0) return 'over'
  return reachedOf(line, alertPercents ?? []).length > 0 ? 'alert' : 'under'
}

/** What is left once all is paid that is `planned`, in minor units. Null without a limit. */
export const freeOf = ({ available }: Pick<Figures, 'available'>, planned: number): number | null =>
  available === null ? null : toSafeInteger(available - planned)

/**
 * What may be spent on each day left, today included, rounded down; 0 where nothing is free, null in a month that is not
 * running.
 */
export const dailyAllowanceOf = (free: number | null, { elapsed, left }: Progress): number | null => {
  if (free === null || elapsed === 0 || left === 0) return null
  return Math.max(0, Math.floor(free / left))
}

/** On how many days a month has begun too recently to have a pace. */
const DAYS_WITHOUT_PACE = 2

/** What is spent, the part of it that is no pace (posted from plans, or dated after today), and what is planned. */
type Spending = { spent: number; fixed: number; planned: number }

/**
 * What will be spent in the whole month: what is no pace as it is, and the rest at its pace, `× days ÷ elapsed`, rounded
 * half up. Null on the first two days of a month and before it, `spent` after it.
 */
export const projectedSpentOf = (
  { spent, fixed, planned }: Spending,
  { days, elapsed, left }: Progress,
): number | null => {
  if (left === 0) return spent
  if (elapsed <= DAYS_WITHOUT_PACE) return null
  const pace = floorDivision(BigInt(spent - fixed) * BigInt(2 * days) + BigInt(elapsed), BigInt(2 * elapsed))
  return toSafeInteger(Number(pace + BigInt(fixed) + BigInt(planned)))
}
