import { invalidRequest, problems } from '../../http/problems.ts'
import { defineProblem, type Fault } from '../../shared/problem.ts'

const faults: Fault[] = [
  { in: 'header', pointer: '/idempotency-key', code: 'reused', message: 'Came with another request before' },
]

export const idempotencyKeyReused = defineProblem({
  code: 'idempotency_key_reused',
  status: 422,
  title: 'The idempotency key was used before',
  detail: 'Another request came with this `Idempotency-Key`. Send a new key with a new request.',
  faults,
})

/** Makes idempotencyKeyReused. */
export const keyReused = () => idempotencyKeyReused({ errors: faults })

/** The `responses` of a route that takes an idempotency key. */
export const keyProblems = problems(invalidRequest, idempotencyKeyReused)
