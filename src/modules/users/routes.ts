import { resource } from '../../http/etag.ts'
import { invalidToken, problems } from '../../http/problems.ts'
import { body, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { currencyInUse, emailTaken, nameConflicts, usernameTaken } from './problems.ts'
import { updateUser, userOf } from './queries.ts'
import { toUser, User, UserPatch } from './schema.ts'

const tags: [string] = ['Users']

const getMe = userRoute({
  method: 'get',
  path: '/v1/users/me',
  operationId: 'getMe',
  summary: 'Get the user who is logged in',
  tags,
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
  request: { body: body(UserPatch) },
  responses: {
    200: resourceAnswer('The user as changed', User),
    ...problems(usernameTaken, emailTaken, currencyInUse),
  },
})

export const usersRoutes = createRouter()
  .openapi(getMe, async (c) => {
    const [[user]] = await c.var.db.read([userOf(c.var.actor)])
    return resource(c, toUser(user ?? invalidToken.raise()))
  })
  .openapi(updateMe, async (c) => {
    const conflicts = { ...nameConflicts, 'FOREIGN KEY': currencyInUse }
    const [[user]] = await c.var.db.write([updateUser(c.var.actor, c.req.valid('json'))], conflicts)
    return resource(c, toUser(user ?? invalidToken.raise()))
  })
