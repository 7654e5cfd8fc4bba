import { describe, expect, it } from 'vitest'
import { bordersOf, progressOf, toMonthName, toMonthNumber, utcOffset } from '../../src/shared/calendar.ts'

describe('a time zone', () => {
  it.each([
    ['UTC', '2026-07-01T00:00:00Z', 0],
    ['Europe/Paris', '2026-01-01T00:00:00Z', 60],
    ['Europe/Paris', '2026-07-01T00:00:00Z', 120],
    ['Europe/Paris', '2026-03-29T00:59:59Z', 60],
    ['Europe/Paris', '2026-03-29T01:00:00Z', 120],
    ['America/New_York', '2026-11-01T05:59:59Z', -240],
    ['America/New_York', '2026-11-01T06:00:00Z', -300],
    ['Asia/Kolkata', '2026-01-01T00:00:00Z', 330],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', 660],
    ['Australia/Lord_Howe', '2026-07-01T00:00:00Z', 630],
    ['Pacific/Kiritimati', '2026-01-01T00:00:00Z', 840],
    ['Pacific/Marquesas', '2026-01-01T00:00:00Z', -570],
    ['Etc/GMT+12', '2026-01-01T00:00:00Z', -720],
  ])('%s is at %s %i minutes ahead of UTC', (timeZone, at, minutes) => {
    expect(utcOffset(timeZone, Date.parse(at))).toBe(minutes)
  })
})

describe('a month', () => {
  it.each(['1970-01', '1999-12', '2000-01', '2026-11', '2199-12'])(
    '%s has a number, and the next one the next',
    (month) => {
      expect(toMonthName(toMonthNumber(month))).toBe(month)
      const [year, of] = [Number(month.slice(0, 4)), Number(month.slice(5))]
      const next = of === 12 ? `${year + 1}-01` : `${year}-${String(of + 1).padStart(2, '0')}`
      expect(toMonthName(toMonthNumber(month) + 1)).toBe(next)
    },
  )

  it.each([
    ['2026-11', 1, '2026-11-01', '2026-11-30'],
    ['2026-12', 1, '2026-12-01', '2026-12-31'],
    ['2026-02', 1, '2026-02-01', '2026-02-28'],
    ['2028-02', 1, '2028-02-01', '2028-02-29'],
    ['2100-02', 1, '2100-02-01', '2100-02-28'],
    ['2000-02', 1, '2000-02-01', '2000-02-29'],
    ['2026-02', 2, '2026-02-02', '2026-03-01'],
    ['2026-01', 28, '2026-01-28', '2026-02-27'],
    ['2028-02', 28, '2028-02-28', '2028-03-27'],
    ['2026-12', 25, '2026-12-25', '2027-01-24'],
    ['2199-12', 28, '2199-12-28', '2200-01-27'],
    ['1969-12', 28, '1969-12-28', '1970-01-27'],
  ])('%s, starting on day %i, is from %s to %s', (month, startDay, from, to) => {
    expect(bordersOf(toMonthNumber(month), startDay)).toEqual({ from, to })
  })

  it.each([
    ['2026-10-31', 30, 0, 30],
    ['2026-11-01', 30, 1, 30],
    ['2026-11-02', 30, 2, 29],
    ['2026-11-23', 30, 23, 8],
    ['2026-11-30', 30, 30, 1],
    ['2026-12-01', 30, 30, 0],
  ])('of November has on %s, of %i days, %i elapsed and %i left', (today, days, elapsed, left) => {
    expect(progressOf({ from: '2026-11-01', to: '2026-11-30' }, today)).toEqual({ days, elapsed, left })
  })
})
