/** The largest amount in minor units: ten billion dollars. A JS number holds it exactly. */
export const MAX_AMOUNT = 1_000_000_000_000

/**
 * The largest sum of all expenses, or of all incomes, of one user. Together with limits of at most MAX_AMOUNT in each of
 * the 2,760 possible months, every computed figure stays within the integers that a JS number holds exactly.
 */
export const MAX_TOTAL = 4_500_000_000_000_000

let currencies: Set<string> | undefined

/** Whether `code` is a currency of ISO 4217 that `Intl` knows, in upper case: `EUR`. */
export const isCurrency = (code: string): boolean => {
  // Made when it is first needed, so that it does not slow down the start of an isolate.
  currencies ??= new Set(Intl.supportedValuesOf('currency'))
  return currencies.has(code)
}

let digits: Record<string, number> | undefined

/** The number of decimals of each currency that has not two, as `Intl` has it: `{ JPY: 0, KWD: 3, … }`. */
export const minorUnitDigits = (): Record<string, number> => {
  digits ??= Object.fromEntries(
    Intl.supportedValuesOf('currency')
      .map((currency): [string, number] => {
        const format = new Intl.NumberFormat('en', { style: 'currency', currency })
        return [currency, format.resolvedOptions().maximumFractionDigits ?? 2]
      })
      .filter(([, count]) => count !== 2),
  )
  return digits
}
