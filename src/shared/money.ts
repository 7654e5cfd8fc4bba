/** The largest amount in minor units: ten billion dollars, and far inside what a JS number holds exactly. */
export const MAX_AMOUNT = 1_000_000_000_000

const currencies = new Set(Intl.supportedValuesOf('currency'))

/** Whether `code` is a currency of ISO 4217 that `Intl` knows, in capitals: `EUR`. */
export const isCurrency = (code: string): boolean => currencies.has(code)
