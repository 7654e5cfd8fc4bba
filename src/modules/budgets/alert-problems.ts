import { defineProblem } from '../../shared/problem.ts'

export const alertNotFound = defineProblem({
  code: 'alert_not_found',
  status: 404,
  title: 'Alert not found',
  detail: 'You have no alert with this id.',
})
