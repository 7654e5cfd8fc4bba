import { defineProblem } from '../../shared/problem.ts'

export const invalidIdToken = defineProblem({
  code: 'invalid_id_token',
  status: 401,
  title: 'The ID token is not valid',
  detail:
    'The token is not signed by a configured issuer, is for another audience, older than five minutes or expired, has ' +
    'another nonce, or has no address of a domain that may log in. Log in at the company again. Somebody who is new here ' +
    'needs an address that the issuer has proved.',
})

export const companyLoginUnlinked = defineProblem({
  code: 'company_login_unlinked',
  status: 409,
  title: 'The account is not linked to this login',
  detail:
    'There is an account with this address, but not one that may be linked: the address must be proved by the account and ' +
    'by the issuer, and the account must have no other login of this issuer. A new password by ' +
    '`POST /v1/auth/password-resets` proves the address.',
})

export const issuerUnavailable = defineProblem({
  code: 'issuer_unavailable',
  status: 503,
  title: 'The login of the company cannot be checked',
  detail: 'The issuer does not tell its keys right now. Try again after the number of seconds in `Retry-After`.',
})
