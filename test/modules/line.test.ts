import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  availableOf,
  dailyAllowanceOf,
  type Figures,
  freeOf,
  percentReachedOf,
  percentUsedOf,
  projectedSpentOf,
  reachedOf,
  stateOf,
  toFigures,
} from '../../src/modules/budgets/line.ts'
import { bordersOf, progressOf, toMonthNumber } from '../../src/shared/calendar.ts'
import { values } from '../support/database.ts'

/** A line as the database computes it, and as a read does: the same thresholds are reached. */
const lineOf = async (limit: number | null, carriedIn: number, spent: number): Promise<Figures> => {
  const columns = { limit: sql`limit_amount`, carriedIn: sql`carried_in`, spent: sql`spent` }
  const [row = []] = await values(sql`SELECT ${availableOf(columns)}, ${percentReachedOf(columns)}
    FROM (SELECT ${limit} AS limit_amount, ${carriedIn} AS carried_in, ${spent} AS spent)`)
  const line = { limit, carriedIn, spent, available: row[0] as number | null, percentReached: Number(row[1]) }
  const read = toFigures({ limit, carriedIn, spent })
  expect({ ...read, percentReached: Math.max(read.percentReached, 0) }).toEqual({
    ...line,
    percentReached: Math.max(line.percentReached, 0),
  })
  return line
}

describe('a line', () => {
  it.each([
    [100, 0, 0, 100, 0, 'under'],
    [100, 0, 79, 21, 79, 'under'],
    [1000, 0, 799, 201, 79.9, 'under'],
    [10_000, 0, 7999, 2001, 79.9, 'under'], // 79.99 %: the threshold is not reached
    [100, 0, 80, 20, 80, 'alert'],
    [100, 0, 100, 0, 100, 'alert'],
    [100, 0, 101, -1, 101, 'over'],
    [100, 50, 120, 30, 80, 'alert'],
    [100, -50, 50, 0, 100, 'alert'],
    [100, -100, 0, 0, null, 'under'],
    [100, -100, 1, -1, null, 'over'],
    [100, -150, 0, -50, null, 'over'],
    [0, 0, 0, 0, null, 'under'],
    [0, 0, 1, -1, null, 'over'],
    [3, 0, 1, 2, 33.3, 'under'],
    [3, 0, 2, 1, 66.6, 'under'],
    [100, 0, -50, 150, -50, 'under'],
    [3, 0, -1, 4, -33.4, 'under'],
    [100, -150, -50, 0, null, 'under'],
    [2000, 0, 1, 1999, 0, 'under'],
    [1, 0, 4_500_000_000_000_000, -4_499_999_999_999_999, 450_000_000_000_000_000, 'over'],
  ])('of limit %i, with %i carried in and %i spent, has %i available, %d %% used: %s', async (...row) => {
    const [limit, carriedIn, spent, available, percentUsed, state] = row
    const line = await lineOf(limit, carriedIn, spent)
    expect(line.available).toBe(available)
    expect(percentUsedOf(line)).toBe(percentUsed)
    expect(stateOf(line, [80, 100])).toBe(state)
  })

  it('has nothing that derives from a limit where there is none', async () => {
    const line = await lineOf(null, 0, 5)
    const progress = { days: 30, elapsed: 15, left: 16 }
    expect([
      line.available,
      percentUsedOf(line),
      stateOf(line, []),
      freeOf(line, 3),
      dailyAllowanceOf(line.available, progress),
    ]).toEqual([null, null, null, null, null])
    expect(projectedSpentOf({ spent: line.spent, fixed: 0, planned: 0 }, progress)).toBe(10)
  })

  it('is never in alert without thresholds', async () => {
    expect(stateOf(await lineOf(100, 0, 100), [])).toBe('under')
  })

  it.each([
    [100, 0, 150, 150, true],
    [100, 0, 149, 150, false],
    [1, 0, 10, 1000, true],
    [0, 0, 0, 1, false],
    [0, 0, 1, 1000, true],
  ])(
    'of limit %i, with %i carried in and %i spent, has reached %i %%: %s',
    async (limit, carriedIn, spent, percent, is) => {
      expect(reachedOf(await lineOf(limit, carriedIn, spent), [percent])).toEqual(is ? [percent] : [])
    },
  )
})

describe('the pace', () => {
  const on = (today: string, month = '2026-11', startDay = 1) =>
    progressOf(bordersOf(toMonthNumber(month), startDay), today)

  it.each([
    ['on the first day', on('2026-11-01'), 333, null],
    ['on the second day', on('2026-11-02'), 344, null],
    ['on the third day', on('2026-11-03'), 357, 10_000],
    ['on the last day but one', on('2026-11-29'), 5000, 1034],
    ['on the last day', on('2026-11-30'), 10_000, 1000],
    ['on the first day of 31', on('2026-12-01', '2026-12'), 322, null],
    ['on the third day of 28', on('2026-02-03', '2026-02'), 384, 9333],
    ['on the last day of 29', on('2028-02-29', '2028-02'), 10_000, 1000],
    ['on the first day of a month that starts on the 28th', on('2026-02-28', '2026-02', 28), 357, null],
    ['on the last day of a month that starts on the 28th', on('2026-03-27', '2026-02', 28), 10_000, 1000],
    ['before the month', on('2026-10-31'), null, null],
    ['after the month', on('2026-12-01'), null, 1000],
  ])('%s', (_, progress, dailyAllowance, projectedSpent) => {
    expect(dailyAllowanceOf(10_000, progress)).toBe(dailyAllowance)
    expect(projectedSpentOf({ spent: 1000, fixed: 0, planned: 0 }, progress)).toBe(projectedSpent)
  })

  it('allows nothing where nothing is available', () => {
    expect(dailyAllowanceOf(-400, on('2026-11-15'))).toBe(0)
    expect(dailyAllowanceOf(0, on('2026-11-15'))).toBe(0)
  })

  it('stays within what a JS number holds', () => {
    const most = 4_500_000_000_000_000
    const projected = (spent: number) => projectedSpentOf({ spent, fixed: 0, planned: 0 }, on('2026-11-03'))
    expect([projected(most), projected(-most)]).toEqual([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER])
    expect(freeOf({ available: -most }, 2 * most)).toBe(-Number.MAX_SAFE_INTEGER)
  })

  it.each([
    // Dated after today: no pace, and not spent on each of the 30 days.
    [90_000, 90_000, 0, on('2026-11-05'), 90_000],
    [91_000, 90_000, 0, on('2026-11-05'), 96_000],
    [-1000, 0, 0, on('2026-11-05'), -6000],
    [-1000, -2000, 0, on('2026-11-20'), -500],
    [91_000, 0, 0, on('2026-12-01'), 91_000],
    // Planned, and not paid yet.
    [1000, 0, 90_000, on('2026-11-05'), 96_000],
    [91_000, 90_000, 500, on('2026-11-05'), 96_500],
    [1000, 0, 90_000, on('2026-11-02'), null],
    [1000, 0, 90_000, on('2026-12-01'), 1000],
  ])('of %i, of which %i are fixed, with %i planned, leads to %j: %s', (spent, fixed, planned, progress, projected) => {
    expect(projectedSpentOf({ spent, fixed, planned }, progress)).toBe(projected)
  })
})
