import { invalidRequest } from '../../http/problems.ts'
import { defineProblem } from '../../shared/problem.ts'

export const invalidCredentials = defineProblem({
  code: 'invalid_credentials',
  status: 401,
  title: 'Wrong username or password',
  detail: 'No user has this username or e-mail address and this password.',
})

export const invalidRefreshToken = defineProblem({
  code: 'invalid_refresh_token',
  status: 401,
  title: 'The refresh token is not valid',
  detail: 'It is over, revoked, or was used before. Log in again.',
})

/** A fault and not a 401, which would make a client refresh a token that is good. */
export const wrongPassword = () =>
  invalidRequest({
    errors: [
      { in: 'body', pointer: '/currentPassword', code: 'wrong_password', message: 'Is not the current password' },
    ],
  })
