import { exhausted } from '../../http/rate-limit.ts'
import { defineProblem, type Fault } from '../../shared/problem.ts'

const faults: Fault[] = [
  { in: 'header', pointer: '/idempotency-key', code: 'reused', message: 'Was sent with another request before' },
]

const idempotencyKeyReused = defineProblem({
  code: 'idempotency_key_reused',
  status: 422,
  title: 'The idempotency key was used for another request',
  detail:
    'You sent this `Idempotency-Key` with another request in the last 7 days. Use a new key for each new request.',
  faults,
})

/** Makes idempotencyKeyReused. */
export const keyReused = () => idempotencyKeyReused({ errors: faults })

const keysExhausted = defineProblem({
  code: 'too_many_idempotency_keys',
  status: 429,
  title: 'Too much is kept for idempotency keys',
  detail:
    'What is kept for the answers to your `Idempotency-Key`s of the last 7 days has reached its bound of 16 MiB. Nothing was ' +
    'written. Send the request without a key, or later: keys are deleted every hour.',
})

/** Makes keysExhausted, to be tried again when keys have been deleted. */
export const tooManyKeys = () => keysExhausted({ headers: exhausted('keptAnswers', 3600) })

/** The problems of a route that takes an idempotency key. */
export const keyProblems = [idempotencyKeyReused, keysExhausted]
