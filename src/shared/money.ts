/** The largest amount in minor units: ten billion dollars, and far inside what a JS number holds exactly. */
export const MAX_AMOUNT = 1_000_000_000_000

/**
 * The largest sum of all expenses, or of all incomes, that a user ever has. With limits of at most MAX_AMOUNT in each
 * of the 2,760 months that there are, whatever is computed from them stays within what a JS number holds exactly.
 */
export const MAX_TOTAL = 4_500_000_000_000_000

let currencies: Set<string> | undefined

/** Whether `code` is a currency of ISO 4217 that `Intl` knows, in capitals: `EUR`. */
export const isCurrency = (code: string): boolean => {
  // Made when it is first needed: it would have a part in the start of every isolate.
  currencies ??= new Set(Intl.supportedValuesOf('currency'))
  return currencies.has(code)
}

let digits: Record<string, number> | undefined

/** How many decimals the minor unit of each currency has that has not two: `{ JPY: 0, KWD: 3, … }`, as `Intl` says. */
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
