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
    'Everything of yours that was created, changed or deleted after `since`, in the order of the changes. Each item comes ' +
    'once, in its newest state. To keep a copy: start without `since`, apply every page, and go on with its `nextCursor`. ' +
    'The copy then equals what the server has, whatever is written meanwhile. The items are expenses, incomes, ' +
    'categories, budgets as they were set, and your settings; not what follows from them, like months and alerts.',
  tags: ['Changes'],
  request: { query: ChangeQuery },
  responses: { 200: answer('A page of changes', ChangePage) },
})

export const changesRoutes = createRouter().openapi(list, async (c) => {
  const { actor, db } = c.var
  const { since, limit } = c.req.valid('query')
  const position = toPosition(actor.userId, since)
  const rows = await db.read(changesAfter(actor, position, limit))
  // The cursor comes from a later state of a database that was restored from a backup.
  if (position.revision > (rows.user[0]?.revision ?? 0)) throw badCursor('since')
  const changes = toChanges(actor.userId, rows)
  const shown = changes.slice(0, limit)
  const nextCursor = toSince(actor.userId, shown.at(-1)?.position ?? position)
  return c.json({ changes: shown.map(({ change }) => change), nextCursor, hasMore: changes.length > limit }, 200)
})
