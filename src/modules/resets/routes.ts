import { callerOf, count } from '../../http/rate-limit.ts'
import { body, createRouter, publicRoute } from '../../http/router.ts'
import { sendMail } from '../../mail/send.ts'
import { newSecret, readToken, toToken } from '../../shared/user-token.ts'
import { isNameOf } from '../auth/credentials.ts'
import { forgetFailures } from '../auth/failures.ts'
import { withHashingSlot } from '../auth/hashing-slots.ts'
import { hashPassword } from '../auth/password.ts'
import { passwordIsName } from '../auth/problems.ts'
import { cancelEmailChange } from '../emails/queries.ts'
import { deleteAllSessions } from '../sessions/queries.ts'
import { revokeAllTokens } from '../tokens/queries.ts'
import { updatePasswordHash, verifyEmail } from '../users/queries.ts'
import { passwordSetMail, resetMail } from './mail.ts'
import { resetNotFound } from './problems.ts'
import { deleteReset, requestReset, resetIsGood, userOfReset } from './queries.ts'
import { Reset, ResetParam, ResetRequest } from './schema.ts'

const tags: [string] = ['Authentication']

const requestOne = publicRoute(
  {
    method: 'post',
    path: '/v1/auth/password-resets',
    operationId: 'requestPasswordReset',
    summary: 'Ask for a new password',
    description:
      'Sends a mail with a link to the front end, which has a token behind `#token=`: it is good once, for 30 minutes, and ' +
      'only the newest one. An address that nobody has gets the same answer, after the same time. An account gets five mails ' +
      'an hour; the answer does not tell whether there was one more.',
    tags,
    request: { body: body(ResetRequest) },
    responses: { 202: { description: 'If somebody has this address, a mail is on its way' } },
  },
  { quotas: ['passwordResets'] },
)

const reset = publicRoute(
  {
    method: 'put',
    path: '/v1/auth/password-resets/{token}',
    operationId: 'resetPassword',
    summary: 'Set a new password by a link',
    description:
      'Ends every session, API token and change of the address that waits for its proof, and does not log in: ' +
      '`POST /v1/auth/login` does. The token is used up, unless the new password is refused. It proves the address.',
    tags,
    request: { params: ResetParam, body: body(Reset) },
    responses: { 204: { description: 'The password is changed' } },
    problems: [resetNotFound],
  },
  { quotas: ['passwordResets'] },
)

export const resetsRoutes = createRouter()
  .openapi(requestOne, async (c) => {
    await count(c.var.config, 'passwordResets', callerOf(c.req))
    const { secret, hash } = await newSecret()
    const asked = await c.var.db.transaction(await requestReset(c.var.config, c.req.valid('json').email, hash))
    for (const { userId, email } of asked.counted.length > 0 ? asked.recipient : []) {
      sendMail(c, () => resetMail(c.var.config, email, toToken('', userId, secret)))
    }
    return c.body(null, 202)
  })
  .openapi(reset, async (c) => {
    const { newPassword } = c.req.valid('json')
    const key = (await readToken('', c.req.valid('param').token)) ?? resetNotFound.raise()
    // Not by the network: there, others may have asked for many.
    await count(c.var.config, 'passwordResets', key.userId)
    const { found } = await c.var.db.read({ found: userOfReset(key) })
    const user = found[0] ?? resetNotFound.raise()
    if (isNameOf(user, newPassword)) throw passwordIsName()
    const passwordHash = await withHashingSlot((inTurn) => hashPassword(inTurn, newPassword))
    // Whoever had the password may have left another way in.
    const others = [deleteAllSessions(key), revokeAllTokens(key), cancelEmailChange(key)]
    const renewal = [updatePasswordHash(user, passwordHash), verifyEmail(key), forgetFailures(user)]
    await c.var.db.transaction({
      guards: [resetIsGood(key)],
      write: [...renewal, ...others, deleteReset(key)],
    })
    sendMail(c, () => passwordSetMail(user.email))
    return c.body(null, 204)
  })
