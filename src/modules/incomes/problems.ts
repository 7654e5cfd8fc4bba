import { defineProblem } from '../../shared/problem.ts'

export const incomeNotFound = defineProblem({
  code: 'income_not_found',
  status: 404,
  title: 'Income not found',
  detail: 'You have no income with this id.',
})
