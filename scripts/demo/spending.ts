import { clampedDayOf, type MonthNumber, toDayName, toDayNumber } from '../../src/shared/calendar.ts'
import { type Entry, foreign, type Money, monthOfYear } from './entry.ts'

/** How many months ago the car was sold. */
export const CAR_SOLD = 14

/** Of what some is brought back, and how likely that is. */
const [CLOTHING, RETURNED] = ['Clothing', 0.25]

/** How likely an expense has a note, if there are notes for it. */
const NOTED = 0.4

/** What is bought again and again: where, how often in a month, and between which amounts. */
type Habit = [
  category: string | undefined,
  merchants: string[],
  times: number,
  amounts: [least: number, most: number],
  details?: { notes?: string[]; tags?: string[]; only?: (ago: number, month: number) => boolean },
]

const isDecember = (_: number, month: number) => month === 12
const hasCar = (ago: number) => ago > CAR_SOLD

const HABITS: Habit[] = [
  ['Food', ['Green Basket', 'Corner Market', 'Hallo Market'], 8.5, [1900, 5800]],
  ['Food', ['Old Mill Bakery'], 6, [240, 920]],
  ['Food', ['Farmers’ market'], 1.5, [1100, 2600], { tags: ['organic'] }],
  [
    'Eating out',
    ['Noodle House', 'Falafel King', 'Canteen'],
    6,
    [480, 1450],
    { tags: ['lunch'], notes: ['With Jonas'] },
  ],
  ['Eating out', ['Chez Paul', 'Taverna Elia'], 1.6, [2600, 6200], { tags: ['friends'], notes: ['Birthday of Mia'] }],
  ['Eating out', ['Café Lindner'], 2, [380, 980], { notes: ['Breakfast'] }],
  ['Transport', ['City Transit'], 1.5, [380, 990]],
  ['Transport', ['Night Cab'], 0.9, [1240, 2980], { tags: ['night out'] }],
  ['Health', ['Linden Pharmacy'], 1.2, [495, 2490]],
  ['Health', ['Dr. Okafor'], 0.15, [4500, 8900], { notes: ['Check-up'] }],
  ['Education', ['Page & Co. Books'], 1.1, [990, 3200], { tags: ['books'] }],
  ['Education', ['Language School'], 0.2, [8900, 8900], { notes: ['Italian, ten lessons'] }],
  ['Leisure', ['Lumen Cinema', 'City Pool', 'Boulder Hall'], 3, [550, 1690]],
  ['Leisure', ['Concert Hall', 'Blue Note'], 0.7, [2900, 6900], { tags: ['friends', 'music'] }],
  [CLOTHING, ['Thread & Needle', 'Nordwind', 'Second Spin'], 1.5, [1990, 8990]],
  ['Travel', ['Railways'], 0.7, [2290, 5990], { tags: ['train'], notes: ['To the parents'] }],
  ['Travel', ['Lake Inn', 'Alpine Lodge'], 0.3, [9800, 19800], { tags: ['weekend'] }],
  ['Gifts', ['Petal Flowers', 'Toy Corner'], 0.8, [1500, 3900]],
  ['Gifts', ['Toy Corner', 'Atelier Nord'], 5, [1900, 5900], { tags: ['christmas'], only: isDecember }],
  ['Car', ['Fuel Stop', 'Highway Garage'], 1.8, [4200, 6400], { only: hasCar }],
  ['Other', ['Bright Hair'], 0.8, [2800, 3600]],
  ['Other', ['Hardware Barn', 'Kiosk 24'], 1.6, [350, 3900]],
  ['Other', ['Volt Electronics'], 0.25, [7900, 29900]],
  [undefined, ['Cash machine'], 1.1, [2000, 5000], { notes: ['What was this for?'] }],
]

/** Pseudo-random numbers from 0 to below 1, the same for the same seed: mulberry32, of Tommy Ettinger. */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), seed | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

/** What all habits cost in a month that is so long ago. Each is spread over the days of the month, more or less evenly. */
export const spendingOf = (month: MonthNumber, ago: number): Entry[] => {
  const random = randomFrom(month)
  const pick = <T>(from: T[]): T | undefined => from[Math.floor(random() * from.length)]
  const days = Number(clampedDayOf(month, 31).slice(8))
  const habits = HABITS.filter(([, , , , { only } = {}]) => only?.(ago, monthOfYear(month)) ?? true)
  return habits.flatMap(([category, merchants, times, [least, most], { tags, notes = [] } = {}]) => {
    const count = Math.floor(times + random())
    return Array.from({ length: count }, (_, i): Entry[] => {
      const date = clampedDayOf(month, 1 + Math.floor(((i + random()) * days) / count))
      const amount = least + 10 * Math.floor((random() * (most - least + 10)) / 10)
      const note = random() < NOTED ? pick(notes) : undefined
      const expense: Entry = { kind: 'expense', date, amount, category, merchant: pick(merchants), note, tags }
      if (category !== CLOTHING || random() > RETURNED) return [expense]
      const back = toDayName(toDayNumber(date) + 5)
      return [expense, { ...expense, date: back, refund: true, note: 'Did not fit', tags: ['return'] }]
    }).flat()
  })
}

type Bill = [day: number, category: string, merchant: string, amount: number]

/** The journeys of each year. */
const TRIPS: { month: number; tag: string; currency?: Money['currency']; bills: Bill[] }[] = [
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

/** What a journey in that month costs, if there is one. */
export const tripOf = (month: MonthNumber): Entry[] =>
  TRIPS.filter((trip) => trip.month === monthOfYear(month)).flatMap(({ tag, currency, bills }) =>
    bills.map(([day, category, merchant, amount]): Entry => {
      const date = clampedDayOf(month, day)
      const money = currency ? foreign(amount, currency, date) : { amount }
      return { kind: 'expense', date, category, merchant, tags: ['holiday', tag], ...money }
    }),
  )
