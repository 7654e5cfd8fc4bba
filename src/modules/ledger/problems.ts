import type { Conflicts } from '../../db/transaction.ts'
import { faultAt } from '../../http/problems.ts'
import type { Fault } from '../../shared/problem.ts'

export const CURRENCY_MUST_BE_HOME = "Must be the user's currency"

const currencyMismatch = faultAt('body', '/currency', 'currency_mismatch', CURRENCY_MUST_BE_HOME)

/** The faults of a rate that show only when it is compared with the user's currency, by code. */
export const rateMessages = {
  required: "Must be sent if the currency is not the user's",
  not_needed: "Must be left out or null if the currency is the user's",
  converted_out_of_range: "Converts to 0, or to too large an amount, in the user's currency",
}
const rateFault = (code: keyof typeof rateMessages) => faultAt('body', '/exchangeRate', code, rateMessages[code])

/** The problems for what a write can violate of a table whose amounts are converted. */
export const rateConflicts = (table: string): Conflicts => ({
  [`${table}_rate_required`]: rateFault('required'),
  [`${table}_rate_unneeded`]: rateFault('not_needed'),
  [`${table}_base_amount_range`]: rateFault('converted_out_of_range'),
  [`${table}.base_amount`]: rateFault('converted_out_of_range'),
})

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
