import { invalidRequest, problems } from '../../http/problems.ts'
import { defineProblem } from '../../shared/problem.ts'

const idempotencyKeyReused = defineProblem({
  code: 'idempotency_key_reused',
  status: 422,
  title: 'The idempotency key was used before',
  detail: 'Another request came with this `Idempotency-Key`. Send a new key with a new request.',
})

const fault = {
  in: 'header' as const,
  pointer: '/idempotency-key',
  code: 'reused',
  message: 'Came with another request before',
}

/** Makes idempotencyKeyReused. */
export const keyReused = () => idempotencyKeyReused({ errors: [fault] })

/** The `responses` of a route that takes an idempotency key. */
export const keyProblems = problems(invalidRequest, idempotencyKeyReused)
