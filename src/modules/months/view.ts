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

type Facts = {
  month: MonthNumber
  today: string
  startDay: number
  currency: string
  income: number
  spent: number
  uncategorized: number
}

/** The month at a glance, of what is known of it and its lines. */
export const toMonthView = (facts: Facts, rows: NamedLine[]): z.infer<ReturnType<typeof MonthView>> => {
  const { month, today, startDay, currency, income, spent, uncategorized } = facts
  const borders = bordersOf(month, startDay)
  const progress = progressOf(borders, today)
  const lines = rows.map((row) => toLine(row, progress))
  return {
    month: toMonthName(month),
    ...borders,
    currency,
    daysLeft: progress.left,
    income,
    spent,
    net: income - spent,
    overall: lines.find(({ target, limit }) => target === 'overall' && limit !== null) ?? null,
    categories: lines.filter(({ target }) => target !== 'overall'),
    uncategorized: { spent: uncategorized },
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
