import type { Guard } from '../../db/guard.ts'
import { exhausted } from '../../http/rate-limit.ts'
import { defineProblem } from '../../shared/problem.ts'

export const proofNotFound = defineProblem({
  code: 'email_proof_not_found',
  status: 404,
  title: 'The link is not good, or no longer',
  detail:
    'The token is mistyped, was used, is older than a day, is of another account, or another one was sent since. Ask for a ' +
    'new one with `PUT /v1/users/me/email`.',
})

export const tooManyProofs = defineProblem({
  code: 'too_many_email_proofs',
  status: 429,
  title: 'Too many mails',
  detail:
    'A user can cause five mails an hour to prove an address, and an address gets ten. Wait for the number of seconds in ' +
    '`Retry-After`.',
})

/** Over what time mails are counted. */
export const PERIOD_MS = 60 * 60 * 1000

/** Makes the problem of mails that are counted since an instant, which explains itself as the only cell of `rows`. */
export const tooManySince =
  (at: number): Guard['problem'] =>
  (rows) =>
    tooManyProofs({
      headers: exhausted('emailProofs', Math.max(1, Math.ceil((Number(rows[0]?.[0]) + PERIOD_MS - at) / 1000))),
    })
