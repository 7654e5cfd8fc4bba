import type * as z from 'zod'
import { bordersOf, type MonthNumber, type Progress, progressOf, toMonthName } from '../../shared/calendar.ts'
import {
  dailyAllowanceOf,
  freeOf,
  percentUsedOf,
  projectedSpentOf,
  type StoredFigures,
  stateOf,
  toFigures,
} from '../budgets/line.ts'
import { type Exception, type PlannedRow, plannedIn } from './planned.ts'
import type { LineOfMonth, MonthHead } from './queries.ts'
import type { MonthView } from './schema.ts'

/** `fixed` is the part of `spent` that is no pace. */
const toLine = (row: LineOfMonth, planned: number, fixed: number, progress: Progress) => {
  const figures = toFigures(row)
  const free = freeOf(figures, planned)
  return {
    target: row.target,
    name: row.name,
    archived: row.isArchived === 1,
    limit: row.limit,
    carriedIn: row.limit === null ? null : row.carriedIn,
    spent: row.spent,
    available: figures.available,
    planned,
    free,
    percentUsed: percentUsedOf(row),
    state: stateOf(figures, row.alertPercents),
    dailyAllowance: dailyAllowanceOf(free, progress),
    projectedSpent: projectedSpentOf({ spent: row.spent, fixed, planned }, progress),
    rollover: row.rollover,
    alertPercents: row.alertPercents,
    setIn: row.setIn === null ? null : toMonthName(row.setIn),
  }
}

/** The expenses of a day and a category, or of those without one. */
type DailySum = { categoryId: string | null; date: string; amount: number }

/** All that a month is made of: see `linesIn` and `plansAround`. */
type MonthRows = {
  lines: LineOfMonth[]
  plans: PlannedRow[]
  exceptions: Exception[]
  posted: DailySum[]
  later: DailySum[]
}

/** How much of what is spent is no pace, by target: what is posted from plans until today, and all that is dated later. */
const fixedBy = ({ posted, later }: MonthRows, { from, to }: { from: string; to: string }, today: string) => {
  const fixed = new Map<string, number>()
  const sums = [
    ...posted.filter(({ date }) => date >= from && date <= today),
    ...later.filter(({ date }) => date > today && date <= to),
  ]
  for (const { categoryId, amount } of sums) {
    const target = categoryId ?? 'none'
    fixed.set(target, (fixed.get(target) ?? 0) + amount)
  }
  return fixed
}

const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** The month at a glance. */
export const toMonthView = (
  { month, today, startDay, currency, unreadAlerts }: MonthHead,
  rows: MonthRows,
): z.infer<ReturnType<typeof MonthView>> => {
  const { lines, plans, exceptions } = rows
  const spentOn = (wanted: string) => lines.find(({ target }) => target === wanted)?.spent ?? 0
  const [income, spent] = [spentOn('income'), spentOn('overall')]
  const borders = bordersOf(month, startDay)
  const progress = progressOf(borders, today)
  const planned = plannedIn(plans, exceptions, borders)
  const plannedOn = (target: string) => planned.get(target) ?? 0
  const fixed = fixedBy(rows, borders, today)
  const isToCome = progress.elapsed === 0
  const categories = lines.filter(
    ({ target, name, isArchived, limit, spent }) =>
      name !== null && (spent !== 0 || plannedOn(target) !== 0 || (limit !== null && !(isArchived && isToCome))),
  )
  const overall = lines.find(({ target, limit }) => target === 'overall' && limit !== null)
  return {
    month: toMonthName(month),
    ...borders,
    currency,
    daysLeft: progress.left,
    income,
    spent,
    net: income - spent,
    planned: { spent: plannedOn('overall'), income: plannedOn('income') },
    budgeted: sum(categories.map(({ limit }) => limit ?? 0)),
    overall: overall ? toLine(overall, plannedOn('overall'), sum([...fixed.values()]), progress) : null,
    categories: categories.map((row) => toLine(row, plannedOn(row.target), fixed.get(row.target) ?? 0, progress)),
    uncategorized: { spent: spentOn('none'), planned: plannedOn('none') },
    unreadAlerts,
  }
}

/** The figures of a month, for a chart. */
export const toMonthSummary = (row: StoredFigures & { month: MonthNumber; startDay: number; income: number }) => ({
  month: toMonthName(row.month),
  ...bordersOf(row.month, row.startDay),
  income: row.income,
  spent: row.spent,
  net: row.income - row.spent,
  limit: row.limit,
  available: toFigures(row).available,
})
