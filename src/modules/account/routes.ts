import { streamObject } from '../../http/json-stream.ts'
import { count } from '../../http/rate-limit.ts'
import { answer, body, createRouter, sessionRoute } from '../../http/router.ts'
import { now, toInstant } from '../../shared/clock.ts'
import { verify } from '../auth/credentials.ts'
import { withHashingSlot } from '../auth/hashing-slots.ts'
import { wrongPasswordAt } from '../auth/problems.ts'
import { passwordUnchanged } from '../auth/queries.ts'
import { userOf } from '../users/queries.ts'
import { erasuresOf, everythingOf, sizeOf } from './queries.ts'
import { AccountExport, Erasure, exportedBy } from './schema.ts'

const tags: [string] = ['Users']
const wrongPassword = wrongPasswordAt('password')

const exportMe = sessionRoute(
  {
    method: 'get',
    path: '/v1/users/me/export',
    operationId: 'exportMe',
    summary: 'Download everything that is yours',
    description:
      'One JSON document, streamed: all of it is of one moment, however large it is and whatever is written meanwhile. ' +
      'Deleted expenses, incomes and plans are in it for the 90 days in which they can be restored. Not in it are your password, ' +
      'of which only a hash is stored, the sums and limits of each month, which follow from the rest, and what is kept for ' +
      'exact retries and for `/v1/changes`. If the connection breaks, the document is not complete: ask again.',
    tags,
    responses: { 200: answer('Your account, with everything in it', AccountExport) },
  },
  { expensive: true },
)

const eraseMe = sessionRoute(
  {
    method: 'delete',
    path: '/v1/users/me',
    operationId: 'eraseMe',
    summary: 'Erase your account',
    description:
      'Erases you and everything of yours, at once and for good: download it first. Every token is dead afterwards, and ' +
      'your username and e-mail address are free. A wrong `password` is a 422 with the fault `wrong_password` at `/password`. ' +
      'An account with more than 5,000 expenses or incomes is erased in several steps: if one fails with a 503, send the ' +
      'request again, for a part may be gone already.',
    tags,
    request: { body: body(Erasure) },
    responses: { 204: { description: 'Nothing of you is left' } },
  },
  { quotas: ['passwordChecks'] },
)

export const accountRoutes = createRouter()
  .openapi(exportMe, async (c) => {
    const { actor, db } = c.var
    const portions = await db.stream(everythingOf(actor))
    const known = { exportedAt: toInstant(now()) }
    return streamObject(c, { known, toItem: exportedBy(actor.sessionId), single: 'user' }, portions)
  })
  .openapi(eraseMe, async (c) => {
    const { actor, config, db } = c.var
    const { password } = c.req.valid('json')
    await count(config, 'passwordChecks', actor.userId)
    const { found, size } = await db.read({ found: userOf(actor), size: sizeOf(actor) })
    const user = await withHashingSlot((inTurn) => verify(inTurn, found[0], password, wrongPassword))
    const guards = [passwordUnchanged(user, wrongPassword)]
    for (const erasure of erasuresOf(actor, size[0] ?? { expenses: 0, incomes: 0 }))
      await db.transaction({ guards, write: [erasure] })
    return c.body(null, 204)
  })
