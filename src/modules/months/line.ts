import type { Progress } from '../../shared/calendar.ts'

/** What a line is computed from, in minor units. Without a limit, what derives from one is null. */
export type Figures = { limit: number | null; carriedIn: number; spent: number }

export type State = 'under' | 'alert' | 'over'

/** What the month can still bear: `limit + carriedIn − spent`. */
export const availableOf = ({ limit, carriedIn, spent }: Figures): number | null =>
  limit === null ? null : limit + carriedIn - spent

/**
 * Whether `percent` of what there is to spend is spent. Where there is nothing to spend, every threshold is reached as
 * soon as anything is overspent. `isReachedIn` in lines.ts says the same in SQL.
 */
export const isReached = (figures: Figures, percent: number): boolean => {
  const { limit, carriedIn, spent } = figures
  if (limit === null) return false
  const base = limit + carriedIn
  // BigInt: a hundred times a sum can pass 2^53.
  return base > 0 ? BigInt(spent) * 100n >= BigInt(percent) * BigInt(base) : spent > base
}

/** `spent` in percent of `limit + carriedIn`, with one decimal, rounded half up; null where that is 0 or less. */
export const percentUsedOf = ({ limit, carriedIn, spent }: Figures): number | null => {
  const base = limit === null ? 0n : BigInt(limit + carriedIn)
  return base > 0n ? Number((BigInt(spent) * 2000n + base) / (2n * base)) / 10 : null
}

/** `over` where more is spent than there is; else `alert` where a threshold is reached; else `under`. */
export const stateOf = (figures: Figures, alertPercents: number[]): State | null => {
  const available = availableOf(figures)
  if (available === null) return null
  if (available < 0) return 'over'
  return alertPercents.some((percent) => isReached(figures, percent)) ? 'alert' : 'under'
}

/**
 * What may be spent on each day left, today included, rounded down; 0 where nothing is available, null in a month
 * that is not running.
 */
export const dailyAllowanceOf = (figures: Figures, { elapsed, left }: Progress): number | null => {
  const available = availableOf(figures)
  if (available === null || elapsed === 0 || left === 0) return null
  return Math.max(0, Math.floor(available / left))
}

/**
 * What will be spent in the whole month at the pace so far: `spent × days ÷ elapsed`, rounded half up; null in a month
 * to come, `spent` in one that is past.
 */
export const projectedSpentOf = ({ spent }: Figures, { days, elapsed, left }: Progress): number | null => {
  if (elapsed === 0) return null
  if (left === 0) return spent
  const projected = (BigInt(spent) * BigInt(2 * days) + BigInt(elapsed)) / BigInt(2 * elapsed)
  return Math.min(Number(projected), Number.MAX_SAFE_INTEGER)
}
