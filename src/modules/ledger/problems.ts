import type { Conflicts } from '../../db/client.ts'
import { faultAt } from '../../http/problems.ts'

export const CURRENCY_MUST_BE_HOME = "Must be the user's currency"

const currencyMismatch = faultAt('body', '/currency', 'currency_mismatch', CURRENCY_MUST_BE_HOME)

const totalOutOfRange = (pointer: string) =>
  faultAt('body', pointer, 'total_out_of_range', 'Makes the sum of all of them too much')

/** What the bound of all sums stands for. */
export const totalConflicts: Conflicts = { monthly_totals_range: totalOutOfRange('/amount') }

/** The same, of a batch. */
export const batchTotalConflicts: Conflicts = { monthly_totals_range: totalOutOfRange('/put') }

/** What else a write of money can break: the foreign key of `ledgerRules`. */
export const ledgerConflicts: Conflicts = { ...totalConflicts, 'FOREIGN KEY': currencyMismatch }
