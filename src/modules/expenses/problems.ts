import type { Conflicts } from '../../db/client.ts'
import { faultAt } from '../../http/problems.ts'
import { defineProblem } from '../../shared/problem.ts'
import { categoryNotLive } from '../categories/problems.ts'
import { CATEGORY_NOT_LIVE } from '../categories/queries.ts'
import { totalConflicts } from '../ledger/problems.ts'

export const expenseNotFound = defineProblem({
  code: 'expense_not_found',
  status: 404,
  title: 'Expense not found',
  detail: 'You have no expense with this id.',
})

const rateRequired = faultAt('body', '/exchangeRate', 'required', "Must be there where the currency is not the user's")
const rateUnneeded = faultAt(
  'body',
  '/exchangeRate',
  'not_needed',
  "Must be left out or null where the currency is the user's",
)
const outOfRange = faultAt(
  'body',
  '/exchangeRate',
  'converted_out_of_range',
  "Makes it 0 or too much in the user's currency",
)

/** What the constraints stand for that a write of an expense can break. */
export const expenseConflicts: Conflicts = {
  ...totalConflicts,
  expenses_rate_required: rateRequired,
  expenses_rate_unneeded: rateUnneeded,
  expenses_base_amount_range: outOfRange,
  'expenses.base_amount': outOfRange,
  [CATEGORY_NOT_LIVE]: categoryNotLive('body', '/categoryId'),
}
