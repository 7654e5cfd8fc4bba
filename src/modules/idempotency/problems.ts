import { defineProblem } from '../../shared/problem.ts'

export const idempotencyKeyReused = defineProblem({
  code: 'idempotency_key_reused',
  status: 422,
  title: 'The idempotency key was used before',
  detail: 'Another request came with this `Idempotency-Key`. Send a new key with a new request.',
})
