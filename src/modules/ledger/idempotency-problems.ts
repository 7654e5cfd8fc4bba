import { invalidRequest, problems } from '../../http/problems.ts'
import { defineProblem, type Fault } from '../../shared/problem.ts'

const faults: Fault[] = [
  { in: 'header', pointer: '/idempotency-key', code: 'reused', message: 'Was sent with another request before' },
]

export const idempotencyKeyReused = defineProblem({
  code: 'idempotency_key_reused',
  status: 422,
  title: 'The idempotency key was used for another request',
  detail:
    'You sent this `Idempotency-Key` with another request in the last 7 days. Use a new key for each new request.',
  faults,
})

/** Makes idempotencyKeyReused. */
export const keyReused = () => idempotencyKeyReused({ errors: faults })

/** The `responses` with a 422 of a route that takes an idempotency key. */
export const keyProblems = problems(invalidRequest, idempotencyKeyReused)
