import { defineProblem } from '../../shared/problem.ts'

export const sessionNotFound = defineProblem({
  code: 'session_not_found',
  status: 404,
  title: 'Session not found',
  detail: 'You have no session with this id.',
})
