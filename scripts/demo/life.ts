/**
 * The life of the user `demo`: two years until today. It follows from that day alone, so all who make it on the same day
 * see the same figures. Amounts are in minor units.
 */
import { clampedDayOf, type MonthNumber, toDayNumber, toMonthName, toMonthNumber } from '../../src/shared/calendar.ts'
import { type Entry, foreign, type Money, monthOfYear } from './entry.ts'
import { changesOf, plansOf, postingsOf } from './plans.ts'
import { CAR_SOLD, spendingOf, tripOf } from './spending.ts'

/** How many whole months there are before the one that runs. */
const PAST_MONTHS = 24

/** The categories and their colors. */
const COLORS = {
  Food: '#5b8c5a',
  'Eating out': '#e4572e',
  Housing: '#4a6fa5',
  Transport: '#8d6a9f',
  Health: '#d1495b',
  Education: '#2e86ab',
  Leisure: '#f2a541',
  Clothing: '#b56576',
  Travel: '#00a6a6',
  Gifts: '#c879ff',
  Car: '#6c757d',
  Other: '#9aa5b1',
}

/** Kept for its expenses: the car was sold. */
export const ARCHIVED = 'Car'

type Budget = { target: string; limit: number; rollover?: string; alertPercents?: number[]; scope?: string }

/** The limits, each with the month in which it is set. */
const budgetsOf = (month: MonthNumber) => {
  const atFirst: Budget[] = [
    { target: 'overall', limit: 240000 },
    { target: 'Food', limit: 38500, rollover: 'surplus' },
    { target: 'Eating out', limit: 16000 },
    { target: 'Housing', limit: 110000, alertPercents: [100] },
    { target: 'Transport', limit: 9500 },
    { target: 'Health', limit: 5500, rollover: 'surplus' },
    { target: 'Education', limit: 4000, rollover: 'full', alertPercents: [90, 100] },
    { target: 'Leisure', limit: 9500, rollover: 'full' },
    { target: 'Clothing', limit: 9000, alertPercents: [50, 80, 100] },
    { target: 'Travel', limit: 17000, rollover: 'surplus' },
    { target: 'Gifts', limit: 6000 },
  ]
  const aYearAgo: Budget[] = [
    { target: 'overall', limit: 250000 },
    { target: 'Food', limit: 40000 },
  ]
  const lastDecember = month - (monthOfYear(month) % 12)
  const setIn = (at: MonthNumber) => (budget: Budget) => ({ ...budget, month: toMonthName(at) })
  return [
    ...atFirst.map(setIn(month - PAST_MONTHS)),
    ...aYearAgo.map(setIn(month - 11)),
    setIn(lastDecember)({ target: 'Gifts', limit: 25000, scope: 'month' }),
  ]
}

/** What comes in apart from the salary. */
const earningsOf = (month: MonthNumber, ago: number): Entry[] => {
  const ofYear = monthOfYear(month)
  const earn = (condition: boolean, day: number, source: string, note: string, money: Money): Entry[] =>
    condition ? [{ kind: 'income', date: clampedDayOf(month, day), source, note, ...money }] : []
  return [
    ...earn(ofYear % 3 === 0, 9, 'Helvetia Design', 'Workshop', foreign(42000, 'CHF', clampedDayOf(month, 9))),
    ...earn(ofYear === 6, 19, 'Tax office', 'Tax refund', { amount: 58420 }),
    ...earn(ofYear === 12, 12, 'Brightside Ltd', 'Christmas bonus', { amount: 80000 }),
    ...earn(ago === CAR_SOLD, 4, 'Mr. Abadi', 'Sold the car', { amount: 145000 }),
  ]
}

/** What makes the month that runs worth looking at from its first day on: a limit is overspent. */
const firstDayOf = (month: MonthNumber): Entry[] => {
  const bought = (category: string, merchant: string, amount: number, tags: string[]): Entry => ({
    kind: 'expense',
    date: clampedDayOf(month, 1),
    category,
    merchant,
    amount,
    tags,
  })
  return [
    { ...bought('Clothing', 'Nordwind', 28900, ['big buy']), note: 'New coat: the old one is done' },
    bought('Food', 'Green Basket', 4385, []),
    bought('Eating out', 'Café Lindner', 780, ['friends']),
  ]
}

/**
 * The life until `today` (`YYYY-MM-DD`). Categories and plans go by name. `current` is of the month that runs, `past` of
 * those before, both in the order of their days: what is carried over raises its alerts as it would have then.
 */
export const lifeUntil = (today: string) => {
  const month = toMonthNumber(today.slice(0, 7))
  const plans = plansOf(month - PAST_MONTHS, month, today)
  const changes = changesOf(plans, month)
  const unplanned = Array.from({ length: PAST_MONTHS + 1 }, (_, ago) => [
    ...spendingOf(month - ago, ago),
    ...tripOf(month - ago),
    ...earningsOf(month - ago, ago),
  ])
  const entries = [
    ...unplanned.flat().filter(({ date }) => date <= today),
    ...firstDayOf(month),
    ...plans.flatMap((plan) => postingsOf(plan, changes, today)),
  ]
  entries.sort((a, b) => toDayNumber(a.date) - toDayNumber(b.date))
  const isCurrent = ({ date }: Entry) => date >= clampedDayOf(month, 1)
  return {
    month: toMonthName(month),
    categories: Object.entries(COLORS).map(([name, color]) => ({ name, color })),
    budgets: budgetsOf(month),
    plans,
    changes,
    past: entries.filter((entry) => !isCurrent(entry)),
    current: entries.filter(isCurrent),
  }
}
