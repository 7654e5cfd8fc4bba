import type { Conflicts } from '../../db/client.ts'
import { invalidRequest } from '../../http/problems.ts'

const currencyMismatch = () =>
  invalidRequest({
    errors: [{ in: 'body', pointer: '/currency', code: 'currency_mismatch', message: "Must be the user's currency" }],
  })

/** What the foreign key of `ledgerRules` stands for, when money is written. */
export const ledgerConflicts: Conflicts = { 'FOREIGN KEY': currencyMismatch }
