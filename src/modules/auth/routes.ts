import { callerOf, count } from '../../http/rate-limit.ts'
import { answer, body, createRouter, publicRoute, sessionRoute } from '../../http/router.ts'
import { sendMail } from '../../mail/send.ts'
import { deleteOtherSessions, insertSession, newSession, pruneSessions } from '../sessions/queries.ts'
import { emailTaken, nameConflicts, usernameTaken } from '../users/problems.ts'
import { insertUser, newUser, updatePasswordHash, userByLogin } from '../users/queries.ts'
import { isNameOf, renewHash, verify, verifyOwn } from './credentials.ts'
import { forgetFailures, loginAttempt } from './failures.ts'
import { withHashingSlot } from './hashing-slots.ts'
import { hashPassword } from './password.ts'
import {
  invalidCredentials,
  invalidRefreshToken,
  passwordIsName,
  tooManyFailedLogins,
  wrongPassword,
} from './problems.ts'
import { passwordUnchanged, rotation } from './queries.ts'
import { readRefreshToken, rotatedSession } from './refresh-token.ts'
import type { AskForProof, CancelEmailChange, StartingPoint } from './registration.ts'
import { Credentials, PasswordChange, RefreshRequest, Registration, Session } from './schema.ts'
import { toSession } from './session.ts'

const tags: [string] = ['Authentication']

const register = publicRoute(
  {
    method: 'post',
    path: '/v1/auth/register',
    operationId: 'register',
    summary: 'Register and log in',
    description:
      'Sends a mail with a link to prove the address: see `POST /v1/auth/email-proofs`. Everything works without the proof.',
    tags,
    request: { body: body(Registration) },
    responses: {
      201: answer('The user is registered and logged in', Session),
    },
    problems: [usernameTaken, emailTaken],
  },
  { quotas: ['registrations'] },
)

const login = publicRoute(
  {
    method: 'post',
    path: '/v1/auth/login',
    operationId: 'login',
    summary: 'Log in',
    description:
      'An unknown name and a wrong password get the same answer, after the same time. After ten failures in a row, each ' +
      'further one delays the next attempt on the account: by 1 second, then 2, 4 and so on, up to 15 minutes. A user has ' +
      'at most 50 sessions: one more ends the one that has not been refreshed for longest.',
    tags,
    request: { body: body(Credentials) },
    responses: {
      200: answer('The user is logged in', Session),
    },
    problems: [invalidCredentials, tooManyFailedLogins],
  },
  { quotas: ['accountLogins', 'logins'] },
)

const refresh = publicRoute(
  {
    method: 'post',
    path: '/v1/auth/refresh',
    operationId: 'refreshSession',
    summary: 'Get new tokens',
    description:
      'Both tokens are new: keep the new refresh token. If the answer is lost, send the same token again within 30 seconds ' +
      'to get the same new refresh token. Later, a used token ends the session, since somebody else may have it.',
    tags,
    request: { body: body(RefreshRequest) },
    responses: { 200: answer('The session with new tokens', Session) },
    problems: [invalidRefreshToken],
  },
  { quotas: ['refreshes'] },
)

const changePassword = sessionRoute(
  {
    method: 'put',
    path: '/v1/auth/password',
    operationId: 'changePassword',
    summary: 'Change the password',
    description:
      'Ends every other session, and a change of the address that waits for its proof. A wrong `currentPassword` is a ' +
      '422 with the fault `wrong_password` at `/currentPassword`.',
    tags,
    request: { body: body(PasswordChange) },
    responses: { 204: { description: 'The password is changed' } },
  },
  { quotas: ['passwordChecks'] },
)

export const authRoutes = (
  insertStartingPoint: StartingPoint,
  askForProof: AskForProof,
  cancelEmailChange: CancelEmailChange,
) =>
  createRouter()
    .openapi(register, async (c) => {
      await count(c.var.config, 'registrations', callerOf(c.req))
      const { password, ...settings } = c.req.valid('json')
      const passwordHash = await withHashingSlot((inTurn) => hashPassword(inTurn, password))
      const user = newUser({ ...settings, passwordHash })
      const session = newSession(user.id, c.req.header('User-Agent'))
      const proof = await askForProof(c.var.config, user.id, user.email)
      const { counted } = await c.var.db.transaction({
        write: [insertUser(user), insertSession(session), insertStartingPoint({ userId: user.id }), ...proof.write],
        after: { counted: proof.counted },
        conflicts: nameConflicts,
      })
      if (counted.length > 0) sendMail(c, () => proof.message)
      return c.json(await toSession(c.var.config, session, user), 201)
    })
    .openapi(login, async (c) => {
      const { username, password } = c.req.valid('json')
      const caller = callerOf(c.req)
      // The account first: who tries one over and over must not use up what all at their address have.
      await count(c.var.config, 'accountLogins', `${caller} ${username.toLowerCase()}`)
      await count(c.var.config, 'logins', caller)
      const { user, renewal } = await withHashingSlot(async (inTurn) => {
        const attempt = await loginAttempt(c.var.config, username)
        const { found } = await c.var.db.transaction({ ...attempt, after: { found: userByLogin(username) } })
        const user = await verify(inTurn, found[0], password, invalidCredentials)
        return { user, renewal: await renewHash(inTurn, user, password) }
      })
      const session = newSession(user.id, c.req.header('User-Agent'))
      await c.var.db.transaction({
        guards: [passwordUnchanged(user, invalidCredentials)],
        write: [insertSession(session), ...pruneSessions(user.id), forgetFailures(user), ...renewal],
      })
      return c.json(await toSession(c.var.config, session, user), 200)
    })
    .openapi(refresh, async (c) => {
      await count(c.var.config, 'refreshes', callerOf(c.req))
      const token = await readRefreshToken(c.var.config, c.req.valid('json').refreshToken)
      if (!token) throw invalidRefreshToken()
      const { successor } = await c.var.db.transaction(rotation(token))
      const { session, user, rotatedAt } = successor[0] ?? invalidRefreshToken.raise()
      return c.json(await toSession(c.var.config, rotatedSession(session, token.generation, rotatedAt), user), 200)
    })
    .openapi(changePassword, async (c) => {
      const { currentPassword, newPassword } = c.req.valid('json')
      await count(c.var.config, 'passwordChecks', c.var.actor.userId)
      const { user, passwordHash } = await withHashingSlot(async (inTurn) => {
        const user = await verifyOwn(c.var, inTurn, currentPassword)
        if (isNameOf(user, newPassword)) throw passwordIsName()
        return { user, passwordHash: await hashPassword(inTurn, newPassword) }
      })
      await c.var.db.transaction({
        guards: [passwordUnchanged(user, wrongPassword)],
        write: [
          updatePasswordHash(user, passwordHash),
          deleteOtherSessions(c.var.actor),
          cancelEmailChange(c.var.actor),
        ],
      })
      return c.body(null, 204)
    })
