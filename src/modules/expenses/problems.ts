import type { Conflicts } from '../../db/client.ts'
import { defineProblem } from '../../shared/problem.ts'
import { categoryNotLive } from '../categories/problems.ts'
import { CATEGORY_NOT_LIVE } from '../categories/queries.ts'
import { ledgerConflicts } from '../ledger/problems.ts'

export const expenseNotFound = defineProblem({
  code: 'expense_not_found',
  status: 404,
  title: 'Expense not found',
  detail: 'You have no expense with this id.',
})

/** What the constraints stand for that a write of an expense can break. */
export const expenseConflicts: Conflicts = {
  ...ledgerConflicts,
  [CATEGORY_NOT_LIVE]: categoryNotLive('body', '/categoryId'),
}
