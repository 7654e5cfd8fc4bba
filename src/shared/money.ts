import { currencies } from './currencies.ts'

/** The largest amount in minor units: ten billion dollars. A JS number holds it exactly. */
export const MAX_AMOUNT = 1_000_000_000_000

/**
 * The largest sum of all expenses, or of all incomes, of one user. Together with limits of at most MAX_AMOUNT in each of
 * the 2,760 possible months, every computed figure stays within the integers that a JS number holds exactly.
 */
export const MAX_TOTAL = 4_500_000_000_000_000

/** The sum, or the end of the integers that a JS number holds exactly: what is planned has no bound of its own. */
export const toSafeInteger = (sum: number): number =>
  Math.max(-Number.MAX_SAFE_INTEGER, Math.min(sum, Number.MAX_SAFE_INTEGER))

/** Whether `code` is a currency that money can be recorded in: upper case, `EUR`. */
export const isCurrency = (code: string): boolean => currencies.has(code)

/** An amount in minor units as a decimal in its currency: 1299 is `12.99` in USD, 1299 in JPY, and -5 is `-0.05`. */
export const toDecimal = (amount: number, currency: string): string => {
  const decimals = currencies.get(currency) ?? 2
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  return `${amount < 0 ? '-' : ''}${digits.slice(0, point)}${decimals === 0 ? '' : `.${digits.slice(point)}`}`
}

/** The number of decimals of each currency that has not two: `{ JPY: 0, KWD: 3, … }`. */
export const minorUnitDigits = (): Record<string, number> =>
  Object.fromEntries([...currencies].filter(([, decimals]) => decimals !== 2))
