import { streamObject } from '../../http/json-stream.ts'
import { answer, createRouter, userRoute } from '../../http/router.ts'
import { now, toInstant } from '../../shared/clock.ts'
import { everythingOf } from './queries.ts'
import { AccountExport, exportedBy } from './schema.ts'

const tags: [string] = ['Users']

const exportMe = userRoute({
  method: 'get',
  path: '/v1/users/me/export',
  operationId: 'exportMe',
  summary: 'Download everything that is yours',
  description:
    'One JSON document, streamed: all of it is of one moment, however large it is and whatever is written meanwhile. ' +
    'Deleted expenses and incomes are in it for the 90 days in which they can be restored. Not in it are your password, ' +
    'of which only a hash is stored, the sums and limits of each month, which follow from the rest, and what is kept for ' +
    'exact retries and for `/v1/changes`. If the connection breaks, the document is not complete: ask again.',
  tags,
  responses: { 200: answer('Your account, with everything in it', AccountExport) },
})

export const accountRoutes = createRouter().openapi(exportMe, async (c) => {
  const { actor, db } = c.var
  const portions = await db.stream(everythingOf(actor))
  const known = { exportedAt: toInstant(now()) }
  return streamObject(c, { known, toItem: exportedBy(actor.sessionId), single: 'user' }, portions)
})
