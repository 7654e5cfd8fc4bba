/**
 * The life of the user `demo`: two years until today. It follows from that day alone, so all who make it on the same day
 * see the same figures. Amounts are in minor units.
 */
import { occurrencesBetween } from '../../src/modules/plans/occurrence.ts'
import {
  clampedDayOf,
  type MonthNumber,
  toDayName,
  toDayNumber,
  toMonthName,
  toMonthNumber,
} from '../../src/shared/calendar.ts'

/** How many whole months there are before the one that runs. */
const PAST_MONTHS = 24

type Kind = 'expense' | 'income'
type Money = { amount: number; currency?: string; exchangeRate?: string }

/** What entries and plans have in common. A category is told by its name. */
type Members = Money & {
  kind: Kind
  category?: string | undefined
  merchant?: string | undefined
  source?: string | undefined
  note?: string | undefined
  tags?: string[] | undefined
}

/** An expense or an income, maybe of the plan of that name. */
export type Entry = Members & { date: string; refund?: true; plan?: string; planDue?: string }

type Repeat = { every: number; unit: 'week' | 'month' | 'year'; day?: number }
export type Plan = Members & { name: string; start: string; until?: string; repeat?: Repeat; post?: 'auto' }

type OccurrenceChange = { plan: string; due: string; amount?: number; date?: string; note?: string; skipped?: true }

const CATEGORIES = {
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

/** How many months ago the car was sold. */
const CAR_SOLD = 14

const RATES: Record<string, number> = { USD: 0.92, GBP: 1.17, CHF: 1.05, SEK: 0.0885 }

/** Money in a foreign currency, at a rate that moves a little over the year. */
const foreign = (amount: number, currency: string, day: string): Money => {
  const rate = (RATES[currency] ?? 1) * (1 + 0.03 * Math.sin(toDayNumber(day) / 60))
  return { amount, currency, exchangeRate: rate.toFixed(4) }
}

/** Pseudo-random numbers from 0 to below 1, the same for the same seed: mulberry32, of Tommy Ettinger. */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

/** What is bought again and again. */
type Habit = {
  category?: string
  merchants: string[]
  /** How often in a month, on average. */
  times: number
  /** Between these two, rounded to a multiple of `step`. */
  amounts: [number, number]
  step?: number
  notes?: string[]
  tags?: string[]
  /** How likely it is brought back, for a refund. */
  returned?: number
  /** In which months, by how long ago they are and by their number in the year; in all, if left out. */
  when?: (ago: number, month: number) => boolean
}

const isDecember = (_: number, month: number) => month === 12

const HABITS: Habit[] = [
  { category: 'Food', merchants: ['Green Basket', 'Corner Market', 'Hallo Market'], times: 8, amounts: [1900, 5400] },
  { category: 'Food', merchants: ['Old Mill Bakery'], times: 6, amounts: [240, 920], step: 10 },
  { category: 'Food', merchants: ['Farmers’ market'], times: 1.5, amounts: [1100, 2600], step: 50, tags: ['organic'] },
  {
    category: 'Eating out',
    merchants: ['Noodle House', 'Falafel King', 'Café Lindner', 'Canteen'],
    times: 7,
    amounts: [480, 1450],
    step: 10,
    notes: ['Lunch with the team', 'With Jonas'],
    tags: ['lunch'],
  },
  {
    category: 'Eating out',
    merchants: ['Chez Paul', 'Pizzeria Roma', 'Taverna Elia'],
    times: 1.6,
    amounts: [2600, 6200],
    step: 50,
    notes: ['Birthday of Mia', 'Dinner with Mum'],
    tags: ['friends'],
  },
  { category: 'Transport', merchants: ['City Transit'], times: 1.5, amounts: [380, 990], step: 10 },
  { category: 'Transport', merchants: ['Night Cab'], times: 0.9, amounts: [1240, 2980], step: 10, tags: ['night out'] },
  { category: 'Health', merchants: ['Linden Pharmacy'], times: 1.2, amounts: [495, 2490] },
  { category: 'Health', merchants: ['Dr. Okafor'], times: 0.15, amounts: [4500, 8900], step: 100, notes: ['Check-up'] },
  {
    category: 'Education',
    merchants: ['Page & Co. Books'],
    times: 1.1,
    amounts: [990, 3200],
    step: 10,
    tags: ['books'],
  },
  {
    category: 'Education',
    merchants: ['Language School'],
    times: 0.2,
    amounts: [8900, 8900],
    notes: ['Italian, ten lessons'],
  },
  {
    category: 'Leisure',
    merchants: ['Lumen Cinema', 'City Pool', 'Boulder Hall'],
    times: 3,
    amounts: [550, 1690],
    step: 10,
  },
  {
    category: 'Leisure',
    merchants: ['Concert Hall', 'Kulturbrauerei'],
    times: 0.5,
    amounts: [2900, 6400],
    step: 100,
    tags: ['friends', 'music'],
  },
  {
    category: 'Clothing',
    merchants: ['Thread & Needle', 'Nordwind', 'Second Spin'],
    times: 1.3,
    amounts: [1990, 6990],
    step: 500,
    returned: 0.25,
  },
  {
    category: 'Travel',
    merchants: ['Railways'],
    times: 0.7,
    amounts: [2290, 5990],
    step: 10,
    notes: ['To the parents'],
    tags: ['train'],
  },
  { category: 'Gifts', merchants: ['Petal Flowers', 'Toy Corner'], times: 0.8, amounts: [1500, 3900], step: 10 },
  {
    category: 'Gifts',
    merchants: ['Toy Corner', 'Page & Co. Books', 'Atelier Nord'],
    times: 5,
    amounts: [1900, 5900],
    step: 10,
    tags: ['christmas'],
    when: isDecember,
  },
  {
    category: 'Car',
    merchants: ['Fuel Stop', 'Autohof'],
    times: 1.8,
    amounts: [4200, 6400],
    when: (ago) => ago > CAR_SOLD,
  },
  { category: 'Other', merchants: ['Bright Hair'], times: 0.8, amounts: [2800, 3600], step: 100 },
  { category: 'Other', merchants: ['Hardware Barn', 'Kiosk 24'], times: 1.2, amounts: [350, 2900], step: 10 },
  { merchants: ['Cash machine'], times: 0.8, amounts: [2000, 5000], step: 1000, notes: ['What was this for?'] },
]

const pick = <T>(from: T[], random: () => number): T | undefined => from[Math.floor(random() * from.length)]

/** What a habit costs in a month: spread evenly over its days, more or less. */
const spendingOf = (habit: Habit, month: MonthNumber, random: () => number): Entry[] => {
  const { category, merchants, times, amounts, step = 1, notes = [], tags, returned = 0 } = habit
  const count = Math.floor(times + random())
  const days = Number(clampedDayOf(month, 31).slice(8))
  return Array.from({ length: count }, (_, i): Entry[] => {
    const date = clampedDayOf(month, 1 + Math.floor(((i + random()) * days) / count))
    const [least, most] = amounts
    const amount = least + Math.floor((random() * (most - least + step)) / step) * step
    const merchant = pick(merchants, random)
    const note = random() < 0.4 ? pick(notes, random) : undefined
    const expense: Entry = { kind: 'expense', date, amount, category, merchant, note, tags }
    if (random() >= returned) return [expense]
    const back = toDayName(toDayNumber(date) + 5)
    return [expense, { ...expense, date: back, refund: true, note: 'Did not fit', tags: ['return'] }]
  }).flat()
}

type Bill = [day: number, category: string, merchant: string, amount: number]
type Trip = { month: number; tag: string; currency?: string; bills: Bill[] }

/** Journeys of each year. */
const TRIPS: Trip[] = [
  {
    month: 5,
    tag: 'london',
    currency: 'GBP',
    bills: [
      [8, 'Travel', 'The Swan Hotel', 24800],
      [8, 'Eating out', 'The Anchor', 3150],
      [9, 'Leisure', 'Globe Theatre', 4500],
      [10, 'Transport', 'Underground', 2210],
    ],
  },
  {
    month: 8,
    tag: 'lisbon',
    bills: [
      [2, 'Travel', 'Air Atlantic', 23860],
      [11, 'Travel', 'Casa do Rio', 46400],
      [12, 'Eating out', 'Tasca da Esquina', 3840],
      [14, 'Leisure', 'Surf School', 6500],
      [16, 'Eating out', 'Marisqueira', 4420],
    ],
  },
  {
    month: 10,
    tag: 'stockholm',
    currency: 'SEK',
    bills: [
      [17, 'Travel', 'Hotel Gamla Stan', 219000],
      [18, 'Leisure', 'Vasa Museum', 19500],
      [18, 'Eating out', 'Pelikan', 42800],
    ],
  },
]

const tripsOf = (month: MonthNumber): Entry[] =>
  TRIPS.filter((trip) => trip.month === (month % 12) + 1).flatMap(({ tag, currency, bills }) =>
    bills.map(([day, category, merchant, amount]): Entry => {
      const date = clampedDayOf(month, day)
      const money = currency ? foreign(amount, currency, date) : { amount }
      return { kind: 'expense', date, category, merchant, tags: ['holiday', tag], ...money }
    }),
  )

/** What comes in apart from the salary. */
const earningsOf = (month: MonthNumber, ago: number): Entry[] => {
  const earned = (day: number, source: string, money: Money, note?: string): Entry[] => [
    { kind: 'income', date: clampedDayOf(month, day), source, note, ...money },
  ]
  const ofYear = (month % 12) + 1
  return [
    ...(ofYear % 3 === 0
      ? earned(9, 'Helvetia Design', foreign(42000, 'CHF', clampedDayOf(month, 9)), 'Workshop')
      : []),
    ...(ofYear === 6 ? earned(19, 'Tax office', { amount: 58420 }, 'Tax refund') : []),
    ...(ofYear === 12 ? earned(1, 'Brightside GmbH', { amount: 90000 }, 'Christmas bonus') : []),
    ...(ago === CAR_SOLD ? earned(4, 'Sale of the car', { amount: 145000 }) : []),
  ]
}

/** What makes the month that runs worth looking at from its first day on: a limit is overspent. */
const firstDayOf = (month: MonthNumber): Entry[] => {
  const bought = { kind: 'expense' as const, date: clampedDayOf(month, 1) }
  return [
    {
      ...bought,
      category: 'Clothing',
      merchant: 'Nordwind',
      amount: 15900,
      note: 'New coat, worth it',
      tags: ['big buy'],
    },
    { ...bought, category: 'Food', merchant: 'Green Basket', amount: 4385 },
    { ...bought, category: 'Eating out', merchant: 'Café Lindner', amount: 780, tags: ['friends'] },
  ]
}

const MONTHLY: Repeat = { every: 1, unit: 'month' }

/** Whose last occurrence was forgotten. */
const FORGOTTEN = 'Cleaner'

const plansOf = (month: MonthNumber, today: string): Plan[] => {
  const day = (ago: number, of: number) => clampedDayOf(month - ago, of)
  const first = (of: number) => day(PAST_MONTHS, of)
  const raised = 11
  const endOfOld = day(raised + 1, 31)
  const bill = (name: string, category: string, merchant: string, amount: number, start: string): Plan => ({
    name,
    kind: 'expense',
    category,
    merchant,
    amount,
    start,
    repeat: MONTHLY,
  })
  const salary: Omit<Plan, 'name' | 'start'> = {
    kind: 'income',
    source: 'Brightside GmbH',
    amount: 272000,
    repeat: MONTHLY,
  }
  return [
    { ...salary, name: 'Salary', start: first(28), until: endOfOld },
    { ...salary, name: 'Salary, raised', amount: 284000, start: day(raised, 28), note: 'After the review' },
    { ...bill('Rent', 'Housing', 'Linden Homes', 83500, first(1)), until: endOfOld },
    { ...bill('Rent, raised', 'Housing', 'Linden Homes', 86000, day(raised, 1)) },
    bill('Electricity', 'Housing', 'City Power', 7400, first(5)),
    bill('Internet', 'Housing', 'Fibrenet', 3990, first(15)),
    {
      ...bill('Cleaner', 'Housing', 'Ms. Kowalski', 4500, first(10)),
      repeat: { every: 2, unit: 'week' },
      tags: ['home'],
    },
    bill('Transit pass', 'Transport', 'City Transit', 5800, first(1)),
    bill('Gym', 'Health', 'Boulder Hall', 3490, day(13, 3)),
    bill('Phone', 'Other', 'Nordtel', 1999, first(20)),
    { ...bill('Music', 'Leisure', 'Tonal', 1099, first(12)), tags: ['subscription'], post: 'auto' },
    {
      ...bill('Cloud storage', 'Other', 'Cirrus', 999, first(18)),
      tags: ['subscription'],
      ...foreign(999, 'USD', today),
    },
    {
      ...bill('Household insurance', 'Housing', 'Anker Insurance', 14860, day(PAST_MONTHS - 4, 7)),
      repeat: { every: 1, unit: 'year' },
      tags: ['insurance'],
    },
    {
      ...bill('Donation', 'Gifts', 'Sea Rescue', 2500, first(31)),
      // On the last day of every month, also where the first one is short.
      repeat: { ...MONTHLY, day: 31 },
    },
    {
      name: 'Ski week',
      kind: 'expense',
      category: 'Travel',
      merchant: 'Chalet Edelweiss',
      amount: 38000,
      start: day(-2, 14),
      note: 'Rest of the bill; the deposit is paid',
    },
    { name: 'Deposit back', kind: 'income', source: 'Ski club', amount: 10000, start: day(-3, 2) },
  ]
}

/** The days on which a plan is due, both ends inclusive. */
const duesOf = ({ start, until, repeat }: Plan, from: string, to: string) => {
  const rule = { start, until: until ?? null, every: repeat?.every ?? null, unit: repeat?.unit ?? null }
  return occurrencesBetween({ ...rule, monthDay: repeat?.day ?? null }, from, to).map(({ due }) => due)
}

/** How single occurrences depart from their plans: some were skipped, and some to come are changed. */
const changesOf = (plans: Plan[], month: MonthNumber): OccurrenceChange[] => {
  const inMonth = (name: string, of: MonthNumber, change: Omit<OccurrenceChange, 'plan' | 'due'>) =>
    plans
      .filter((plan) => plan.name === name)
      .flatMap((plan) => duesOf(plan, clampedDayOf(of, 1), clampedDayOf(of, 31)))
      .slice(0, 1)
      .map((due) => ({ plan: name, due, ...change }))
  return [
    ...inMonth('Gym', month - 4, { skipped: true, note: 'Closed for repairs' }),
    ...inMonth('Gym', month - 9, { skipped: true, note: 'In bed with the flu' }),
    ...inMonth('Cleaner', month + 1, { skipped: true, note: 'On holiday' }),
    ...inMonth('Donation', month, { amount: 5000, note: 'Double this time' }),
    ...inMonth('Electricity', month + 1, { amount: 11250, note: 'With the settlement of the year' }),
    ...inMonth('Internet', month + 1, { date: clampedDayOf(month + 1, 17) }),
  ]
}

/** What is posted until today. What is due today still waits, unless it is posted by itself. */
const postingsOf = (plan: Plan, changes: OccurrenceChange[], today: string): Entry[] => {
  const { name, kind, category, merchant, source, amount, note, tags, start, post } = plan
  const isLeft = (due: string) => changes.some((change) => change.plan === name && change.due === due)
  const dues = duesOf(plan, start, post === 'auto' ? today : toDayName(toDayNumber(today) - 1))
  return dues
    .slice(0, name === FORGOTTEN ? -1 : undefined)
    .filter((due) => !isLeft(due))
    .map((due) => {
      const money = plan.currency ? foreign(amount, plan.currency, due) : { amount }
      return { kind, date: due, category, merchant, source, note, tags, ...money, plan: name, planDue: due }
    })
}

/** The limits by the month in which they are set. */
const budgetsOf = (month: MonthNumber) => {
  const first = month - PAST_MONTHS
  const lastDecember = month - ((month - 11) % 12)
  return [
    { month: first, target: 'overall', limit: 240000 },
    { month: first, target: 'Food', limit: 36000, rollover: 'surplus' },
    { month: first, target: 'Eating out', limit: 16000 },
    { month: first, target: 'Housing', limit: 110000, alertPercents: [100] },
    { month: first, target: 'Transport', limit: 9000 },
    { month: first, target: 'Health', limit: 7000, rollover: 'surplus' },
    { month: first, target: 'Education', limit: 5000, rollover: 'full', alertPercents: [90, 100] },
    { month: first, target: 'Leisure', limit: 9000, rollover: 'full' },
    { month: first, target: 'Clothing', limit: 9000, alertPercents: [50, 80, 100] },
    { month: first, target: 'Travel', limit: 13000, rollover: 'surplus' },
    { month: first, target: 'Gifts', limit: 6000 },
    { month: month - 11, target: 'Food', limit: 40000 },
    { month: month - 11, target: 'overall', limit: 250000 },
    { month: lastDecember, target: 'Gifts', limit: 25000, scope: 'month' },
  ].map((budget) => ({ ...budget, month: toMonthName(budget.month) }))
}

/** The life until `today` (`YYYY-MM-DD`). Plans and what is posted of them, limits and what they are on, go by name. */
export const lifeUntil = (today: string) => {
  const month = toMonthNumber(today.slice(0, 7))
  const plans = plansOf(month, today)
  const changes = changesOf(plans, month)
  const months = Array.from({ length: PAST_MONTHS + 1 }, (_, ago) => {
    const at = month - ago
    const random = randomFrom(at)
    const habits = HABITS.filter(({ when }) => when?.(ago, (at % 12) + 1) ?? true)
    return [...habits.flatMap((habit) => spendingOf(habit, at, random)), ...tripsOf(at), ...earningsOf(at, ago)]
  })
  const entries = [
    ...months.flat().filter(({ date, refund }) => date <= today && !(refund && date >= clampedDayOf(month, 1))),
    ...firstDayOf(month),
    ...plans.flatMap((plan) => postingsOf(plan, changes, today)),
  ]
  return {
    /** The month that runs. */
    month: toMonthName(month),
    categories: Object.entries(CATEGORIES).map(([name, color]) => ({ name, color })),
    budgets: budgetsOf(month),
    plans,
    changes,
    /** Before the month that runs, and of it. */
    past: entries.filter(({ date }) => date < clampedDayOf(month, 1)),
    current: entries.filter(({ date }) => date >= clampedDayOf(month, 1)),
  }
}
