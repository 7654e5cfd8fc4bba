import { type MonthNumber, toDayNumber } from '../../src/shared/calendar.ts'

/** How many euros one unit is worth, more or less. */
const RATES = { USD: 0.92, GBP: 1.17, CHF: 1.05, SEK: 0.0885 }

type Currency = keyof typeof RATES

export type Money = { amount: number; currency?: Currency; exchangeRate?: string }

/** What entries and plans have in common. A category goes by its name. */
export type Members = Money & {
  kind: 'expense' | 'income'
  category?: string | undefined
  merchant?: string | undefined
  source?: string | undefined
  note?: string | undefined
  tags?: string[] | undefined
}

/** An expense or an income, maybe one that the plan of that name was due for on the day `planDue`. */
export type Entry = Members & { date: string; refund?: true; plan?: string; planDue?: string }

/** Money in a foreign currency, at a rate that moves by up to 3 % over the year. */
export const foreign = (amount: number, currency: Currency, day: string): Money => {
  const rate = RATES[currency] * (1 + 0.03 * Math.sin(toDayNumber(day) / 60))
  return { amount, currency, exchangeRate: rate.toFixed(4) }
}

/** 1 for January to 12 for December. */
export const monthOfYear = (month: MonthNumber): number => (month % 12) + 1
