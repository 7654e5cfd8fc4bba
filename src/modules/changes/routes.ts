import { badCursor } from '../../http/pagination.ts'
import { answer, createRouter, userRoute } from '../../http/router.ts'
import { changesAfter } from './queries.ts'
import { ChangePage, ChangeQuery, toChanges, toPosition, toSince } from './schema.ts'

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

export const changesRoutes = createRouter().openapi(list, async (c) => {
  const { actor, db } = c.var
  const { since, limit } = c.req.valid('query')
  const position = toPosition(actor.userId, since)
  const rows = await db.read(changesAfter(actor, position, limit))
  // A cursor of a database that was set back is of no use here.
  if (position.revision > (rows.user[0]?.revision ?? 0)) throw badCursor('since')
  const changes = toChanges(rows)
  const shown = changes.slice(0, limit)
  const nextCursor = toSince(actor.userId, shown.at(-1)?.position ?? position)
  return c.json({ changes: shown.map(({ change }) => change), nextCursor, hasMore: changes.length > limit }, 200)
})
