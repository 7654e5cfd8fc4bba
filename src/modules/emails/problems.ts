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
    'An hour, a user can cause five mails to prove an address, and an address gets ten. Wait for the number of seconds in `Retry-After`.',
})
