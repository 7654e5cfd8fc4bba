import type { z } from 'zod'
import { bordersOf, type MonthNumber, type Progress, progressOf, toMonthName } from '../../shared/calendar.ts'
import { dailyAllowanceOf, type Figures, percentUsedOf, projectedSpentOf, stateOf } from '../budgets/line.ts'
import type { LineRow } from '../budgets/line-queries.ts'
import type { MonthView } from './schema.ts'

type NamedLine = LineRow & { name: string | null; archived: boolean | null }

/** `later` is the part of `spent` that is dated after today. */
const toLine = (row: NamedLine, later: number, progress: Progress) => ({
  target: row.target,
  name: row.name,
  archived: row.archived ?? false,
  limit: row.limit,
  carriedIn: row.limit === null ? null : row.carriedIn,
  spent: row.spent,
  available: row.available,
  percentUsed: percentUsedOf(row),
  state: stateOf(row, row.alertPercents),
  dailyAllowance: dailyAllowanceOf(row.available, progress),
  projectedSpent: projectedSpentOf(row.spent, later, progress),
  rollover: row.rollover,
  alertPercents: row.alertPercents,
  setIn: row.setIn === null ? null : toMonthName(row.setIn),
})

/** A line, and what is the same on all lines of a month. */
type MonthLine = NamedLine & {
  today: string
  startDay: number
  currency: string
  later: Record<string, number> | null
}

const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** The month at a glance, of its lines: see `linesIn`. */
export const toMonthView = ([first, ...others]: [MonthLine, ...MonthLine[]]): z.infer<ReturnType<typeof MonthView>> => {
  const { month, today, startDay, currency } = first
  const rows = [first, ...others]
  const spentOn = (wanted: string) => rows.find(({ target }) => target === wanted)?.spent ?? 0
  const [income, spent] = [spentOn('income'), spentOn('overall')]
  const borders = bordersOf(month, startDay)
  const progress = progressOf(borders, today)
  const overall = rows.find(({ target }) => target === 'overall')
  const later = overall?.later ?? {}
  const isToCome = progress.elapsed === 0
  const categories = rows.filter(({ name, archived, spent }) => name !== null && !(archived && isToCome && spent === 0))
  return {
    month: toMonthName(month),
    ...borders,
    currency,
    daysLeft: progress.left,
    income,
    spent,
    net: income - spent,
    budgeted: sum(categories.map(({ limit }) => limit ?? 0)),
    overall: overall && overall.limit !== null ? toLine(overall, sum(Object.values(later)), progress) : null,
    categories: categories.map((row) => toLine(row, later[row.target] ?? 0, progress)),
    uncategorized: { spent: spentOn('none') },
  }
}

/** The figures of a month, for a chart. */
export const toMonthSummary = (row: Figures & { month: MonthNumber; startDay: number; income: number }) => ({
  month: toMonthName(row.month),
  ...bordersOf(row.month, row.startDay),
  income: row.income,
  spent: row.spent,
  net: row.income - row.spent,
  limit: row.limit,
  available: row.available,
})
