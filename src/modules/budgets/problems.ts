import { defineProblem } from '../../shared/problem.ts'

export const budgetNotFound = defineProblem({
  code: 'budget_not_found',
  status: 404,
  title: 'Budget not found',
  detail: 'You have set no such budget.',
})
