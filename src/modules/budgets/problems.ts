import { defineProblem } from '../../shared/problem.ts'

export const budgetNotFound = defineProblem({
  code: 'budget_not_found',
  status: 404,
  title: 'Budget not found',
  detail: 'No budget is in force for this target in this month, or none is set with this scope.',
})
