import { problems, tooManyRequests } from '../../http/problems.ts'
import { throttle } from '../../http/rate-limit.ts'
import { answer, body, createRouter, publicRoute, userRoute } from '../../http/router.ts'
import { deleteExpiredSessions, deleteOtherSessions, insertSession, newSession } from '../sessions/queries.ts'
import { emailTaken, nameConflicts, usernameTaken } from '../users/problems.ts'
import { insertUser, newUser, updatePasswordHash, userByLogin, userOf } from '../users/queries.ts'
import { isNameOf, renewHash, verify } from './credentials.ts'
import { hashPassword } from './password.ts'
import { invalidCredentials, invalidRefreshToken, passwordIsName, wrongPasswordAt } from './problems.ts'
import { passwordUnchanged, rotation } from './queries.ts'
import { readRefreshToken, rotatedSession } from './refresh-token.ts'
import { Credentials, PasswordChange, RefreshRequest, Registration, Session } from './schema.ts'
import { toSession } from './session.ts'

const tags: [string] = ['Authentication']
const wrongPassword = wrongPasswordAt('currentPassword')

const register = publicRoute({
  method: 'post',
  path: '/v1/auth/register',
  operationId: 'register',
  summary: 'Register and log in',
  tags,
  request: { body: body(Registration) },
  responses: {
    201: answer('The user is registered and logged in', Session),
    ...problems(usernameTaken, emailTaken, tooManyRequests),
  },
})

const login = publicRoute({
  method: 'post',
  path: '/v1/auth/login',
  operationId: 'login',
  summary: 'Log in',
  description: 'An unknown name and a wrong password get the same answer, after the same time.',
  tags,
  request: { body: body(Credentials) },
  responses: { 200: answer('The user is logged in', Session), ...problems(invalidCredentials, tooManyRequests) },
})

const refresh = publicRoute({
  method: 'post',
  path: '/v1/auth/refresh',
  operationId: 'refreshSession',
  summary: 'Get new tokens',
  description:
    'Both tokens are new: keep the new refresh token. If the answer is lost, send the same token again within 30 seconds ' +
    'to get the same new refresh token. Later, a used token ends the session, since somebody else may have it.',
  tags,
  request: { body: body(RefreshRequest) },
  responses: { 200: answer('The session with new tokens', Session), ...problems(invalidRefreshToken) },
})

const changePassword = userRoute({
  method: 'put',
  path: '/v1/auth/password',
  operationId: 'changePassword',
  summary: 'Change the password',
  description:
    'Ends every other session. A wrong `currentPassword` is a 422 with the fault `wrong_password` at `/currentPassword`.',
  tags,
  request: { body: body(PasswordChange) },
  responses: { 204: { description: 'The password is changed' }, ...problems(tooManyRequests) },
})

/** Makes the statement that gives a new user the default categories. Passed in, since those are a higher module. */
type StartingPoint = (owner: { userId: string }) => ReturnType<typeof insertUser>

export const authRoutes = (insertStartingPoint: StartingPoint) =>
  createRouter()
    .openapi(register, async (c) => {
      await throttle(c.req, c.var.config.limiters)
      const { password, ...settings } = c.req.valid('json')
      const user = newUser({ ...settings, passwordHash: await hashPassword(password) })
      const session = newSession(user.id, c.req.header('User-Agent'))
      await c.var.db.transaction({
        write: [insertUser(user), insertSession(session), insertStartingPoint({ userId: user.id })],
        conflicts: nameConflicts,
      })
      return c.json(await toSession(c.var.config, session, user), 201)
    })
    .openapi(login, async (c) => {
      const { username, password } = c.req.valid('json')
      await throttle(c.req, c.var.config.limiters, username.toLowerCase())
      const { found } = await c.var.db.read({ found: userByLogin(username) })
      const user = await verify(found[0], password, invalidCredentials)
      const session = newSession(user.id, c.req.header('User-Agent'))
      await c.var.db.transaction({
        guards: [passwordUnchanged(user, invalidCredentials)],
        write: [insertSession(session), deleteExpiredSessions(user.id), ...(await renewHash(user, password))],
      })
      return c.json(await toSession(c.var.config, session, user), 200)
    })
    .openapi(refresh, async (c) => {
      const token = await readRefreshToken(c.var.config, c.req.valid('json').refreshToken)
      if (!token) throw invalidRefreshToken()
      const { successor } = await c.var.db.transaction(rotation(token))
      const { session, user, rotatedAt } = successor[0] ?? invalidRefreshToken.raise()
      return c.json(await toSession(c.var.config, rotatedSession(session, token.generation, rotatedAt), user), 200)
    })
    .openapi(changePassword, async (c) => {
      const { currentPassword, newPassword } = c.req.valid('json')
      await throttle(c.req, c.var.config.limiters, c.var.actor.userId)
      const { found } = await c.var.db.read({ found: userOf(c.var.actor) })
      const user = await verify(found[0], currentPassword, wrongPassword)
      if (isNameOf(user, newPassword)) throw passwordIsName()
      const passwordHash = await hashPassword(newPassword)
      await c.var.db.transaction({
        guards: [passwordUnchanged(user, wrongPassword)],
        write: [updatePasswordHash(user, passwordHash), deleteOtherSessions(c.var.actor)],
      })
      return c.body(null, 204)
    })
