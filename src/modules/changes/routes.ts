import { badCursor, fromCursor, toCursor } from '../../http/pagination.ts'
import { answer, createRouter, userRoute } from '../../http/router.ts'
import { changesSince, newestRevision } from './queries.ts'
import { ChangePage, ChangeQuery, Revision, toChange } from './schema.ts'

const list = userRoute({
  method: 'get',
  path: '/v1/changes',
  operationId: 'listChanges',
  summary: 'List what has changed',
  description:
    "Everything of the user's that was made, changed or deleted after `since`, in the order in which it changed, each " +
    'once and in its newest state. Whoever begins without `since`, applies every page and goes on with its ' +
    '`nextCursor` holds just what the server holds, whatever is written meanwhile. Expenses, incomes, categories, ' +
    "budgets as they were set, and the user's settings are told; what follows from them is not.",
  tags: ['Changes'],
  request: { query: ChangeQuery },
  responses: { 200: answer('A page of changes', ChangePage) },
})

const SORT = 'changes'

export const changesRoutes = createRouter().openapi(list, async (c) => {
  const { actor, db } = c.var
  const { since, limit } = c.req.valid('query')
  const place = since ? fromCursor(since, SORT, Revision, 'since') : { value: 0, id: actor.userId }
  const [rows, [newest]] = await db.read([changesSince(actor, Number(place.value), limit), newestRevision(actor)])
  // A cursor of somebody else, or of a database that was set back, is of no use here.
  if (place.id !== actor.userId || Number(place.value) > (newest?.revision ?? 0)) throw badCursor('since')
  const shown = rows.slice(0, limit)
  const value = shown.at(-1)?.change.revision ?? place.value
  const nextCursor = toCursor({ sort: SORT, value, id: actor.userId })
  return c.json({ changes: shown.map(toChange), nextCursor, hasMore: rows.length > limit }, 200)
})
