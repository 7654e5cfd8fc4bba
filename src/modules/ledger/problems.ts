import type { Conflicts } from '../../db/client.ts'
import { faultAt } from '../../http/problems.ts'

const currencyMismatch = faultAt('body', '/currency', 'currency_mismatch', "Must be the user's currency")

/** What the foreign key of `ledgerRules` stands for, when money is written. */
export const ledgerConflicts: Conflicts = { 'FOREIGN KEY': currencyMismatch }
