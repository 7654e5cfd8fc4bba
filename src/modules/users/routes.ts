import { resource } from '../../http/etag.ts'
import { CachedHeaders, Preconditions, preconditionGuards } from '../../http/preconditions.ts'
import { invalidToken, preconditionFailed, problems } from '../../http/problems.ts'
import { body, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { currencyInUse, emailTaken, nameConflicts, usernameTaken } from './problems.ts'
import { settingsRevision, updateUser, userWithRevision } from './queries.ts'
import { toUser, User, UserPatch } from './schema.ts'

const tags: [string] = ['Users']

const getMe = userRoute({
  method: 'get',
  path: '/v1/users/me',
  operationId: 'getMe',
  summary: 'Get the user who is logged in',
  tags,
  request: { headers: CachedHeaders },
  responses: { 200: resourceAnswer('The user', User), 304: notModified },
})

const updateMe = userRoute({
  method: 'patch',
  path: '/v1/users/me',
  operationId: 'updateMe',
  summary: 'Change the user who is logged in',
  description:
    'A JSON merge patch: what is not named stays. A change of `timeZone` or `monthStartDay` holds from the next ' +
    'request on. `currency` can change only as long as no money is recorded.',
  tags,
  request: { headers: Preconditions, body: body(UserPatch) },
  responses: {
    200: resourceAnswer('The user as changed', User),
    ...problems(usernameTaken, emailTaken, currencyInUse, preconditionFailed),
  },
})

export const usersRoutes = createRouter()
  .openapi(getMe, async (c) => {
    const [[row]] = await c.var.db.read([userWithRevision(c.var.actor)])
    const user = row ?? invalidToken.raise()
    return resource(c, user.settingsRevision, toUser(user))
  })
  .openapi(updateMe, async (c) => {
    const conflicts = { ...nameConflicts, 'FOREIGN KEY': currencyInUse }
    const { actor, db } = c.var
    const [[row]] = await db
      .guardedBy(...preconditionGuards(c, settingsRevision(actor)))
      .tell(
        { asked: [], work: [updateUser(actor, c.req.valid('json'))], told: [userWithRevision(actor)] },
        { conflicts },
      )
    const user = row ?? invalidToken.raise()
    return resource(c, user.settingsRevision, toUser(user))
  })
