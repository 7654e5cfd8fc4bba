import type { Conflicts } from '../../db/transaction.ts'
import { faultAt } from '../../http/problems.ts'
import { defineProblem } from '../../shared/problem.ts'
import { CATEGORY_MUST_BE_LIVE } from '../categories/problems.ts'
import { totalConflicts } from '../ledger/problems.ts'

export const expenseNotFound = defineProblem({
  code: 'expense_not_found',
  status: 404,
  title: 'Expense not found',
  detail: 'You have no expense with this id.',
})

/** The faults of an expense that show only when it is compared with stored data. */
const MESSAGES = {
  required: "Must be sent if the currency is not the user's",
  not_needed: "Must be left out or null if the currency is the user's",
  converted_out_of_range: "Converts to 0, or to too large an amount, in the user's currency",
}
const rateFault = (code: keyof typeof MESSAGES) => faultAt('body', '/exchangeRate', code, MESSAGES[code])

/** The messages for the faults of an item of a batch, by code. */
export const itemMessages = {
  ...MESSAGES,
  unknown_category: CATEGORY_MUST_BE_LIVE,
  unknown_expense: 'Must be an expense of yours',
}

/** The problem for each constraint that a write of an expense can violate. */
export const expenseConflicts: Conflicts = {
  ...totalConflicts,
  expenses_rate_required: rateFault('required'),
  expenses_rate_unneeded: rateFault('not_needed'),
  expenses_base_amount_range: rateFault('converted_out_of_range'),
  'expenses.base_amount': rateFault('converted_out_of_range'),
}
