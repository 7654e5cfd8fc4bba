import { defineProblem, type Fault } from '../../shared/problem.ts'

export const tokenNotFound = defineProblem({
  code: 'token_not_found',
  status: 404,
  title: 'API token not found',
  detail: 'You have no API token with this id.',
})

const faults: Fault[] = [
  { in: 'body', pointer: '', code: 'too_many_tokens', message: 'You already have 50 API tokens' },
]

/** The problem of a user who already has the most API tokens allowed. */
export const tokensFull = defineProblem({
  code: 'too_many_tokens',
  status: 422,
  title: 'Too many API tokens',
  detail: 'You already have 50 API tokens, the most allowed. Revoke one first.',
  faults,
})

export const tooManyTokens = () => tokensFull({ errors: faults })
