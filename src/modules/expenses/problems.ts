import { defineProblem } from '../../shared/problem.ts'

export const expenseNotFound = defineProblem({
  code: 'expense_not_found',
  status: 404,
  title: 'Expense not found',
  detail: 'You have no expense with this id.',
})
