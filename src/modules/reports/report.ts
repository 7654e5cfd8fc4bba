import { bordersOf, type MonthNumber, toMonthName, toMonthNumber } from '../../shared/calendar.ts'
import type { ReportRow } from './queries.ts'

type Query = { by: string; then?: string | undefined; from: string; to: string }
type Key = { key: string | null; name: string | null }
type Sum = { amount: number; count: number }

const NOTHING: Sum = { amount: 0, count: 0 }
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

const monthsFrom = (from: string, to: string): MonthNumber[] => {
  const first = toMonthNumber(from)
  return Array.from({ length: toMonthNumber(to) - first + 1 }, (_, i) => first + i)
}

/** The keys that a report has in any case, in their order, each with its key in a row of the database. */
const fixedKeys = ({ by, from, to }: Query): [stored: number, key: Key][] | undefined => {
  if (by === 'weekday') return WEEKDAYS.map((name, i) => [i + 1, { key: String(i + 1), name }])
  if (by !== 'month') return undefined
  return monthsFrom(from, to).map((month) => [month, { key: toMonthName(month), name: toMonthName(month) }])
}

type Entry = Key & Sum & { months: ReportRow['months'] }

/** The key of a row, unless it is the one row of a report that has none. */
const toEntry = ({ key, name, amount, count, months }: ReportRow): Entry[] =>
  amount === null || count === null ? [] : [{ key: key === null ? null : String(key), name, amount, count, months }]

/** The keys of a report in its order, with those that are there in any case. */
const toEntries = (rows: ReportRow[], query: Query): Entry[] => {
  const entries = rows.flatMap(toEntry)
  return (
    fixedKeys(query)?.map(([stored, key]) => {
      const { amount, count, months } = entries.find((entry) => entry.key === String(stored)) ?? {
        ...NOTHING,
        months: [],
      }
      return { ...key, amount, count, months }
    }) ?? entries
  )
}

/** The rows of a key: one, or one for each month of the range. */
const toData = ({ key, name, amount, count, months }: Entry, { then, from, to }: Query) => {
  if (!then) return [{ key, name, amount, count }]
  const sums = new Map(months?.map(([month, amount, count]): [MonthNumber, Sum] => [month, { amount, count }]))
  return monthsFrom(from, to).map((month) => ({
    key,
    name,
    month: toMonthName(month),
    ...(sums.get(month) ?? NOTHING),
  }))
}

const sumOf = (entries: Sum[], member: keyof Sum) => entries.reduce((sum, entry) => sum + entry[member], 0)

/** What is not on these keys of all that there are. */
const restOf = (all: Sum, entries: Sum[]): Sum | null => {
  const count = all.count - sumOf(entries, 'count')
  return count === 0 ? null : { amount: all.amount - sumOf(entries, 'amount'), count }
}

/** From the first day of one month of the user's to the last of another one. */
const daysOf = (first: MonthNumber, last: MonthNumber, startDay: number) => ({
  from: bordersOf(first, startDay).from,
  to: bordersOf(last, startDay).to,
})

/** A report of its rows: see `spendingBy`. The first of them tells what they all have. */
export const toReport = ([first, ...others]: [ReportRow, ...ReportRow[]], query: Query) => {
  const { startDay, currency, total, totalCount } = first
  const [from, to] = [toMonthNumber(query.from), toMonthNumber(query.to)]
  const entries = toEntries([first, ...others], query)
  return {
    ...daysOf(from, to, startDay),
    currency,
    total,
    count: totalCount,
    data: entries.flatMap((entry) => toData(entry, query)),
    rest: restOf({ amount: first.keysTotal, count: first.keysCount }, entries),
    previous: { ...daysOf(2 * from - to - 1, from - 1, startDay), total: first.previous },
    ...(query.by === 'tag' && {
      overlapping: true as const,
      untagged: { amount: first.untagged, count: first.untaggedCount },
    }),
  }
}
