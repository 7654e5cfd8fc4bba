import { badCursor } from '../../http/pagination.ts'
import { invalidToken } from '../../http/problems.ts'
import { answer, createRouter, userRoute } from '../../http/router.ts'
import { cursorExpired } from './problems.ts'
import { changesAfter, endOf } from './queries.ts'
import { ChangePage, ChangeQuery, fromSince, isExpired, toChanges, toSince } from './schema.ts'

const list = userRoute(['read'], {
  method: 'get',
  path: '/v1/changes',
  operationId: 'listChanges',
  summary: 'List what has changed',
  description:
    'Everything of yours that was created, changed or deleted after `since`, in the order of the changes. Each item comes ' +
    'once, in its newest state. To keep a copy: start without `since`, apply every page, and go on with its `nextCursor`. ' +
    'The copy then equals what the server has, whatever is written meanwhile. The items are expenses, incomes, ' +
    'plans, categories, budgets as they were set, and your settings; not what follows from them, like months and alerts. ' +
    'A plan changes, too, when one of its occurrences is changed, skipped or posted: `GET /v1/occurrences` tells how. ' +
    'Deletions are listed for a year. A client that comes back later gets the 410 `cursor_expired` if it has missed one: it ' +
    'drops its copy and starts without `since`.',
  tags: ['Changes'],
  request: { query: ChangeQuery },
  responses: { 200: answer('A page of changes', ChangePage) },
  problems: [cursorExpired],
})

export const changesRoutes = createRouter().openapi(list, async (c) => {
  const { actor, db } = c.var
  const { limit, ...query } = c.req.valid('query')
  const since = fromSince(actor.userId, query.since)
  const rows = await db.read(changesAfter(actor, since.position, limit))
  const { revision, forgottenRevision } = rows.user[0] ?? invalidToken.raise()
  // The cursor comes from a later state of a database that was restored from a backup.
  if (since.position.revision > revision) throw badCursor('since')
  if (isExpired(since, forgottenRevision)) throw cursorExpired()
  const changes = toChanges(actor.userId, rows)
  const shown = changes.slice(0, limit)
  const hasMore = changes.length > limit
  const position = hasMore ? shown.at(-1)?.position : undefined
  const nextCursor = toSince(actor.userId, position ?? endOf(revision), since.begun ?? revision)
  return c.json({ changes: shown.map(({ change }) => change), nextCursor, hasMore }, 200)
})
