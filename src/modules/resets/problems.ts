import { defineProblem } from '../../shared/problem.ts'

export const resetNotFound = defineProblem({
  code: 'password_reset_not_found',
  status: 404,
  title: 'The link is not good, or no longer',
  detail:
    'The token is mistyped, was used, is older than 30 minutes, or another one was sent since. Ask for a new one.',
})
