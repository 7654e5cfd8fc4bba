import type { z } from 'zod'
import { bordersOf, type MonthNumber, type Progress, progressOf, toMonthName } from '../../shared/calendar.ts'
import { dailyAllowanceOf, type Figures, percentUsedOf, projectedSpentOf, stateOf } from '../budgets/line.ts'
import type { LineRow } from '../budgets/line-queries.ts'
import type { MonthView } from './schema.ts'

type NamedLine = LineRow & { name: string | null }

const toLine = (row: NamedLine, progress: Progress) => ({
  target: row.target,
  name: row.name,
  limit: row.limit,
  carriedIn: row.limit === null ? null : row.carriedIn,
  spent: row.spent,
  available: row.available,
  percentUsed: percentUsedOf(row),
  state: stateOf(row, row.alertPercents),
  dailyAllowance: dailyAllowanceOf(row.available, progress),
  projectedSpent: projectedSpentOf(row.spent, progress),
  rollover: row.rollover,
  alertPercents: row.alertPercents,
  setIn: row.setIn === null ? null : toMonthName(row.setIn),
})

/** A line, and what is the same on all lines of a month. */
type MonthLine = NamedLine & { today: string; startDay: number; currency: string }

/** The month at a glance, of its lines: see `linesIn`. */
export const toMonthView = ([first, ...others]: [MonthLine, ...MonthLine[]]): z.infer<ReturnType<typeof MonthView>> => {
  const { month, today, startDay, currency } = first
  const rows = [first, ...others]
  const spentOn = (wanted: string) => rows.find(({ target }) => target === wanted)?.spent ?? 0
  const [income, spent] = [spentOn('income'), spentOn('overall')]
  const borders = bordersOf(month, startDay)
  const progress = progressOf(borders, today)
  const overall = rows.find(({ target, limit }) => target === 'overall' && limit !== null)
  return {
    month: toMonthName(month),
    ...borders,
    currency,
    daysLeft: progress.left,
    income,
    spent,
    net: income - spent,
    overall: overall ? toLine(overall, progress) : null,
    categories: rows.filter(({ name }) => name !== null).map((row) => toLine(row, progress)),
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
