import { occurrencesBetween } from '../../src/modules/plans/occurrence.ts'
import { clampedDayOf, type MonthNumber, toDayName, toDayNumber } from '../../src/shared/calendar.ts'
import { type Entry, foreign, type Members } from './entry.ts'

type Repeat = { every: number; unit: 'week' | 'month' | 'year'; day?: number }
type Plan = Members & { name: string; start: string; until?: string | null; repeat: Repeat | null; post?: 'auto' }

type OccurrenceChange = { plan: string; due: string; amount?: number; date?: string; note?: string; skipped?: true }

const MONTHLY: Repeat = { every: 1, unit: 'month' }
const LAST_OF_MONTH: Repeat = { every: 1, unit: 'month', day: 31 }
const FORTNIGHTLY: Repeat = { every: 2, unit: 'week' }
const YEARLY: Repeat = { every: 1, unit: 'year' }

/** The first Tuesday from a day on: 1970-01-01, day 0, was a Thursday. */
const tuesdayFrom = (day: string) => toDayName(toDayNumber(day) + ((12 - (toDayNumber(day) % 7)) % 7))

/** A plan whose last occurrence nobody has posted yet. */
const CLEANER = 'Cleaner'

const expense = (name: string, category: string, merchant: string, amount: number, start: string): Plan => ({
  name,
  kind: 'expense',
  category,
  merchant,
  amount,
  start,
  repeat: MONTHLY,
})

const income = (name: string, source: string, amount: number, start: string): Plan => ({
  name,
  kind: 'income',
  source,
  amount,
  start,
  repeat: MONTHLY,
})

/** All plans of a life whose first month is `first` and in whose last month it is `today`. */
export const plansOf = (first: MonthNumber, month: MonthNumber, today: string): Plan[] => {
  const start = (day: number) => clampedDayOf(first, day)
  const raise = clampedDayOf(month - 11, 1)
  const until = toDayName(toDayNumber(raise) - 1)
  return [
    { ...income('Salary', 'Brightside Ltd', 240000, start(1)), until, post: 'auto' },
    { ...income('Higher salary', 'Brightside Ltd', 252000, raise), note: 'After the review', post: 'auto' },
    { ...income('Evening class', 'Adult education', 16000, start(31)), repeat: LAST_OF_MONTH },
    { ...expense('Rent', 'Housing', 'Linden Homes', 83500, start(1)), until },
    expense('Higher rent', 'Housing', 'Linden Homes', 86000, raise),
    expense('Electricity', 'Housing', 'City Power', 7400, start(5)),
    expense('Internet', 'Housing', 'Fibrenet', 3990, start(15)),
    {
      ...expense(CLEANER, 'Housing', 'Ms. Kowalski', 4500, tuesdayFrom(start(1))),
      repeat: FORTNIGHTLY,
      tags: ['home'],
    },
    {
      ...expense('Insurance', 'Housing', 'Anker Insurance', 14860, clampedDayOf(first + 4, 7)),
      repeat: YEARLY,
      tags: ['insurance'],
    },
    expense('Transit pass', 'Transport', 'City Transit', 5800, start(1)),
    expense('Gym', 'Health', 'Boulder Hall', 3490, start(3)),
    expense('Phone', 'Other', 'Nordtel', 1999, start(20)),
    { ...expense('Music', 'Leisure', 'Tonal', 1099, start(12)), tags: ['subscription'], post: 'auto' },
    { ...expense('Storage', 'Other', 'Cirrus', 999, start(18)), tags: ['subscription'], ...foreign(999, 'USD', today) },
    { ...expense('Donation', 'Gifts', 'Sea Rescue', 2500, start(31)), repeat: LAST_OF_MONTH },
    {
      ...expense('Ski week', 'Travel', 'Alpine Lodge', 38000, clampedDayOf(month + 2, 14)),
      repeat: null,
      note: 'The rest',
    },
  ]
}

/** The days on which a plan is due, both ends inclusive. */
const duesOf = ({ start, until = null, repeat }: Plan, from: string, to: string) => {
  const { every = null, unit = null, day: monthDay = null } = repeat ?? {}
  return occurrencesBetween({ start, until, every, unit, monthDay }, from, to).map(({ due }) => due)
}

/** How single occurrences depart from their plans: some were skipped, and some to come are changed. */
export const changesOf = (plans: Plan[], month: MonthNumber): OccurrenceChange[] => {
  const change = (name: string, at: MonthNumber, to: Omit<OccurrenceChange, 'plan' | 'due'>) =>
    plans
      .filter((plan) => plan.name === name)
      .flatMap((plan) => duesOf(plan, clampedDayOf(at, 1), clampedDayOf(at, 31)).slice(0, 1))
      .map((due) => ({ plan: name, due, ...to }))
  return [
    ...change('Gym', month - 9, { skipped: true, note: 'In bed with the flu' }),
    ...change('Gym', month - 4, { skipped: true, note: 'Closed for repairs' }),
    ...change('Donation', month, { amount: 5000, note: 'Twice as much' }),
    ...change(CLEANER, month + 1, { skipped: true, note: 'On holiday' }),
    ...change('Electricity', month + 1, { amount: 11250, note: 'With the bill of the year' }),
    ...change('Internet', month + 1, { date: clampedDayOf(month + 1, 17) }),
  ]
}

/** What is posted of a plan by `today`. What is due today still waits, unless the plan posts by itself. */
export const postingsOf = (plan: Plan, changes: OccurrenceChange[], today: string): Entry[] => {
  const { name, kind, category, merchant, source, amount, currency, note, tags } = plan
  const dues = duesOf(plan, plan.start, plan.post === 'auto' ? today : toDayName(toDayNumber(today) - 1))
  return dues
    .slice(0, name === CLEANER ? -1 : undefined)
    .filter((due) => !changes.some((change) => change.plan === name && change.due === due))
    .map((due) => {
      const money = currency ? foreign(amount, currency, due) : { amount }
      return { kind, date: due, category, merchant, source, note, tags, ...money, plan: name, planDue: due }
    })
}
