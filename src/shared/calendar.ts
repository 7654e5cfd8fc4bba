import { toInstant } from './clock.ts'

/** The first and the last calendar day that an expense or income can have, both inclusive. */
export const FIRST_DAY = '1970-01-01'
export const LAST_DAY = '2199-12-31'

/** Whether `Intl` knows the time zone, so that `utcOffset` can tell its offset. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** A formatter for each time zone that was asked for: to make one takes longer than all else that a request computes. */
const formatters = new Map<string, Intl.DateTimeFormat>()

const formatterOf = (timeZone: string) => {
  const known = formatters.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  formatters.set(timeZone, known)
  return known
}

const computeOffset = (timeZone: string, at: number): number => {
  const name = formatterOf(timeZone)
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value
  const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name ?? '') ?? []
  const offset = Number(hours ?? 0) * 60 + Number(minutes ?? 0)
  return sign === '-' ? -offset : offset
}

const QUARTER_HOUR_MS = 15 * 60 * 1000

/** The latest offset of each time zone, and the quarter of an hour that it is of: clocks change only where one begins. */
const latestOffsets = new Map<string, { quarter: number; offset: number }>()

/** The offset of `timeZone` from UTC at the instant `at` (milliseconds), in minutes: 330 for Asia/Kolkata. */
export const utcOffset = (timeZone: string, at: number): number => {
  const quarter = Math.floor(at / QUARTER_HOUR_MS)
  const known = latestOffsets.get(timeZone)
  if (known?.quarter === quarter) return known.offset
  const offset = computeOffset(timeZone, at)
  latestOffsets.set(timeZone, { quarter, offset })
  return offset
}

/** The calendar day in `timeZone` at the instant `at` (milliseconds). */
export const dayIn = (timeZone: string, at: number): string =>
  toInstant(at + utcOffset(timeZone, at) * 60_000).slice(0, 10)

/** Months since January of the year 0: 2026-11 is 24322, and the next month is 24323. */
export type MonthNumber = number

/** The number of the month `YYYY-MM`. */
export const toMonthNumber = (month: string): MonthNumber => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1

/** `YYYY-MM` of a month. */
export const toMonthName = (month: MonthNumber): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`

const MILLISECONDS_A_DAY = 86_400_000

/** Days since 1970-01-01 of a calendar day `YYYY-MM-DD`. */
export const toDayNumber = (day: string): number =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8))) / MILLISECONDS_A_DAY

/** `YYYY-MM-DD` of the day so many days after 1970-01-01. */
export const toDayName = (day: number): string => toInstant(day * MILLISECONDS_A_DAY).slice(0, 10)

const lengthOf = (month: MonthNumber) =>
  toDayNumber(`${toMonthName(month + 1)}-01`) - toDayNumber(`${toMonthName(month)}-01`)

const dayOf = (month: MonthNumber, day: number) => `${toMonthName(month)}-${String(day).padStart(2, '0')}`

/** The day `day` (1 to 31) of a calendar month, or the last one of a month that is shorter. */
export const clampedDayOf = (month: MonthNumber, day: number): string => dayOf(month, Math.min(day, lengthOf(month)))

/** The first and the last day, both inclusive, of the month that starts on `startDay` (1 to 28) of calendar month `month`. */
export const bordersOf = (month: MonthNumber, startDay: number): { from: string; to: string } => ({
  from: dayOf(month, startDay),
  to: startDay === 1 ? dayOf(month, lengthOf(month)) : dayOf(month + 1, startDay - 1),
})

/** How far a month has run: its `days` in all, those `elapsed` and those `left`. Today counts in both. */
export type Progress = { days: number; elapsed: number; left: number }

/** The progress, on the day `today`, of the month from the day `from` to the day `to`. */
export const progressOf = ({ from, to }: { from: string; to: string }, today: string): Progress => {
  const days = toDayNumber(to) - toDayNumber(from) + 1
  const within = (count: number) => Math.min(Math.max(count, 0), days)
  return {
    days,
    elapsed: within(toDayNumber(today) - toDayNumber(from) + 1),
    left: within(toDayNumber(to) - toDayNumber(today) + 1),
  }
}
