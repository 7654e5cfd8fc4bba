import { faultAt } from '../../http/problems.ts'
import { defineProblem } from '../../shared/problem.ts'

export const invalidCredentials = defineProblem({
  code: 'invalid_credentials',
  status: 401,
  title: 'Wrong username or password',
  detail: 'No user has this username or e-mail address and this password.',
})

export const tooManyFailedLogins = defineProblem({
  code: 'too_many_failed_logins',
  status: 429,
  title: 'Too many failed logins',
  detail:
    'Logging in to this account has failed too often. Wait for the number of seconds in `Retry-After`, at most 15 minutes. ' +
    'An attempt before that is not counted. Sessions go on as usual.',
})

export const invalidRefreshToken = defineProblem({
  code: 'invalid_refresh_token',
  status: 401,
  title: 'The refresh token is not valid',
  detail: 'The token has expired, was revoked, or was used before. Log in again.',
})

/**
 * The problem for a member of the body that is not the user's password. A fault and not a 401: a 401 would make a client
 * refresh a token that is still good.
 */
export const wrongPasswordAt = (member: string) =>
  faultAt('body', `/${member}`, 'wrong_password', 'Must be the current password')

export const wrongPassword = wrongPasswordAt('currentPassword')

export const passwordIsName = faultAt(
  'body',
  '/newPassword',
  'password_is_name',
  'Must not be the username or the e-mail address',
)
