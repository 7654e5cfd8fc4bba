import type { Conflicts } from '../../db/transaction.ts'
import { faultAt } from '../../http/problems.ts'
import type { Fault } from '../../shared/problem.ts'

export const CURRENCY_MUST_BE_HOME = "Must be the user's currency"

const currencyMismatch = faultAt('body', '/currency', 'currency_mismatch', CURRENCY_MUST_BE_HOME)

/** The problem for the bounds of a user's sums, at the part of the request that exceeds one. */
const totalConflictsAt = (where: Fault['in'], pointer: string): Conflicts => {
  const problem = faultAt(
    where,
    pointer,
    'total_out_of_range',
    'Makes the sum of all expenses or all incomes too large',
  )
  return { users_total_spent_range: problem, users_total_earned_range: problem }
}

export const totalConflicts = totalConflictsAt('body', '/amount')

/** The same for a batch. */
export const batchTotalConflicts = totalConflictsAt('body', '/put')

/** The same for a restoration, which has no body. */
export const restorationConflicts = totalConflictsAt('path', '/id')

/** The problems for all that a write of an income can violate. */
export const ledgerConflicts: Conflicts = { ...totalConflicts, incomes_rate_required: currencyMismatch }
