import type { Conflicts } from '../../db/transaction.ts'
import { defineProblem } from '../../shared/problem.ts'
import { rateConflicts, rateMessages, totalConflicts } from '../ledger/problems.ts'
import { linkMessages } from '../plans/problems.ts'

export const incomeNotFound = defineProblem({
  code: 'income_not_found',
  status: 404,
  title: 'Income not found',
  detail: 'You have no income with this id.',
})

/** The messages for the faults of an item of a batch, by code. */
export const itemMessages = { ...rateMessages, ...linkMessages, unknown_income: 'Must be an income of yours' }

/** The problem for each constraint that a write of an income can violate. */
export const incomeConflicts: Conflicts = { ...totalConflicts, ...rateConflicts('incomes') }
