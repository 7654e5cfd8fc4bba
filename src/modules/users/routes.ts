import * as z from 'zod'
import type { Actor, UserEnv } from '../../http/context.ts'
import { resource } from '../../http/etag.ts'
import { cacheParameters, IfMatch, preconditionGuards } from '../../http/preconditions.ts'
import { invalidToken, preconditionFailed } from '../../http/problems.ts'
import { body, createRouter, notModified, resourceAnswer, sessionRoute, userRoute } from '../../http/router.ts'
import { currencyInUse, nameConflicts, usernameTaken } from './problems.ts'
import { settingsRevision, updateUser, userOf } from './queries.ts'
import { ChangedUser, toUser, User, UserPatch } from './schema.ts'

const tags: [string] = ['Users']

const getMe = userRoute(['read'], {
  method: 'get',
  path: '/v1/users/me',
  operationId: 'getMe',
  summary: 'Get your account',
  tags,
  parameters: cacheParameters,
  responses: { 200: resourceAnswer('Your account', User), 304: notModified },
})

const updateMe = sessionRoute(
  {
    method: 'patch',
    path: '/v1/users/me',
    operationId: 'updateMe',
    summary: 'Change your account',
    description:
      'A JSON merge patch: a member that you leave out stays. A new `timeZone` applies from the next request on. A new ' +
      '`monthStartDay` cuts all months anew, past ones included: expenses near their borders move to another month, and with ' +
      'them what was spent and carried over there. The answer tells it in `pastMonthsChanged`. `currency` can change only ' +
      'while you have no expenses, incomes and plans, those deleted in the last 90 days included. A new ' +
      '`username` needs the `currentPassword`: a wrong one is a 422 with the fault `wrong_password` there.',
    tags,
    request: { headers: z.object(IfMatch), body: body(UserPatch) },
    responses: {
      200: resourceAnswer('Your changed account', ChangedUser),
    },
    problems: [usernameTaken, currencyInUse, preconditionFailed],
  },
  { quotas: ['passwordChecks'] },
)

/** Makes the statements that follow a new `monthStartDay`. Passed in, since budgets are a higher module. */
type Consequences = (actor: Actor) => Parameters<typeof updateUser>[2]

/** Makes the guards of a write that needs the password. Passed in, since hashes are of a higher module. */
type Confirm = (caller: UserEnv['Variables'], password: string) => Promise<ReturnType<typeof preconditionGuards>>

export const usersRoutes = (recount: Consequences, confirmPassword: Confirm) =>
  createRouter()
    .openapi(getMe, async (c) => {
      const { found } = await c.var.db.read({ found: userOf(c.var.actor) })
      const user = found[0] ?? invalidToken.raise()
      return resource(c, user.settingsRevision, toUser(user))
    })
    .openapi(updateMe, async (c) => {
      const { actor, db } = c.var
      const { currentPassword, ...patch } = c.req.valid('json')
      const confirmed = currentPassword === undefined ? [] : await confirmPassword(c.var, currentPassword)
      const { previous, users } = await db.transaction({
        before: { previous: userOf(actor) },
        guards: [...confirmed, ...preconditionGuards(c, settingsRevision(actor))],
        ...updateUser(actor, patch, patch.monthStartDay === undefined ? [] : recount(actor)),
        after: { users: userOf(actor) },
        conflicts: { ...nameConflicts, 'FOREIGN KEY': currencyInUse },
      })
      const user = users[0] ?? invalidToken.raise()
      const pastMonthsChanged = previous[0]?.monthStartDay !== user.monthStartDay
      return resource(c, user.settingsRevision, toUser(user), { extra: { pastMonthsChanged } })
    })
