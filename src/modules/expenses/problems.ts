import type { Conflicts } from '../../db/transaction.ts'
import { defineProblem } from '../../shared/problem.ts'
import { CATEGORY_MUST_BE_LIVE } from '../categories/problems.ts'
import { rateConflicts, rateMessages, totalConflicts } from '../ledger/problems.ts'
import { linkMessages } from '../plans/problems.ts'

export const expenseNotFound = defineProblem({
  code: 'expense_not_found',
  status: 404,
  title: 'Expense not found',
  detail: 'You have no expense with this id.',
})

/** The messages for the faults of an item of a batch, by code. */
export const itemMessages = {
  ...rateMessages,
  ...linkMessages,
  unknown_category: CATEGORY_MUST_BE_LIVE,
  unknown_expense: 'Must be an expense of yours',
}

/** The problem for each constraint that a write of an expense can violate. */
export const expenseConflicts: Conflicts = {
  ...totalConflicts,
  ...rateConflicts('expenses'),
}
