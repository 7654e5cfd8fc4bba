import { withTag } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { cacheParameters } from '../../http/preconditions.ts'
import { preconditionFailed } from '../../http/problems.ts'
import {
  answer,
  body,
  createdAnswer,
  createRouter,
  notModified,
  replayableAnswer,
  resourceAnswer,
  userRoute,
} from '../../http/router.ts'
import { DryRunQuery, IdParam } from '../../http/schema.ts'
import { createOne, deleteOne, getOne, patchOne, putOne, restoreOne } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders, Preconditions, PutPreconditions } from '../ledger/idempotency-schema.ts'
import { placeIn } from '../ledger/queries.ts'
import { occurrencePosted } from '../plans/problems.ts'
import { incomeDownloadRoutes } from './download-routes.ts'
import { incomeConflicts, incomeNotFound } from './problems.ts'
import { incomeRows, listIncomes, totalOfIncomes } from './queries.ts'
import { Income, IncomePage, IncomePatch, IncomeQuery, IncomeReplacement, NewIncome, toIncome } from './schema.ts'
import { deleteIncome, patchIncome, putIncome, restoreIncome } from './writes.ts'

const tags: [string] = ['Incomes']
const byId = { params: IdParam }

const list = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/incomes',
    operationId: 'listIncomes',
    summary: 'List incomes',
    description:
      'Newest first, unless `sort` says otherwise. Writes and deletions between two pages make no other row go missing ' +
      'or appear twice.',
    tags,
    request: { query: IncomeQuery },
    responses: { 200: answer('A page of incomes', IncomePage) },
  },
  { expensive: ['q', 'include'] },
)

const create = userRoute(['write'], {
  method: 'post',
  path: '/v1/incomes',
  operationId: 'createIncome',
  summary: 'Record an income',
  description:
    'An income in a currency other than your own needs its `exchangeRate`, as an expense does. Every sum uses its ' +
    '`baseAmount`, which is computed when you write the income.',
  tags,
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(NewIncome) },
  responses: {
    201: replayableAnswer(createdAnswer('The new income, with an id from the server', Income)),
  },
  problems: keyProblems,
})

const get = userRoute(['read'], {
  method: 'get',
  path: '/v1/incomes/{id}',
  operationId: 'getIncome',
  summary: 'Get an income',
  tags,
  request: byId,
  parameters: cacheParameters,
  responses: { 200: resourceAnswer('The income', Income), 304: notModified },
  problems: [incomeNotFound],
})

const put = userRoute(['write'], {
  method: 'put',
  path: '/v1/incomes/{id}',
  operationId: 'putIncome',
  summary: 'Create or replace an income',
  description:
    'You choose the id, a UUIDv7. Members that you leave out get their defaults; `date` is required. Idempotent: the same ' +
    'PUT sent again changes nothing.',
  tags,
  request: { ...byId, headers: PutPreconditions, query: DryRunQuery, body: body(IncomeReplacement) },
  responses: {
    200: replayableAnswer(resourceAnswer('The replaced income', Income)),
    201: replayableAnswer(createdAnswer('The created income', Income)),
  },
  problems: [occurrencePosted, preconditionFailed, ...keyProblems],
})

const update = userRoute(['write'], {
  method: 'patch',
  path: '/v1/incomes/{id}',
  operationId: 'updateIncome',
  summary: 'Change an income',
  description: 'A JSON merge patch (RFC 7396): `null` clears a member, a member that you leave out stays.',
  tags,
  request: { ...byId, headers: Preconditions, query: DryRunQuery, body: body(IncomePatch) },
  responses: {
    200: replayableAnswer(resourceAnswer('The changed income', Income)),
  },
  problems: [incomeNotFound, preconditionFailed, ...keyProblems],
})

const remove = userRoute(['write'], {
  method: 'delete',
  path: '/v1/incomes/{id}',
  operationId: 'deleteIncome',
  summary: 'Delete an income',
  description: 'You can restore it for 90 days.',
  tags,
  request: { ...byId, headers: Preconditions, query: DryRunQuery },
  responses: {
    204: replayableAnswer({ description: 'The income is deleted' }),
  },
  problems: [incomeNotFound, preconditionFailed, ...keyProblems],
})

const restore = userRoute(['write'], {
  method: 'post',
  path: '/v1/incomes/{id}/restore',
  operationId: 'restoreIncome',
  summary: 'Restore a deleted income',
  description: 'It keeps its id and gets a new `ETag`. Restoring an income that is not deleted changes nothing.',
  tags,
  request: { ...byId, headers: IdempotencyHeaders, query: DryRunQuery },
  responses: {
    200: replayableAnswer(resourceAnswer('The restored income', Income)),
  },
  problems: [incomeNotFound, occurrencePosted, ...keyProblems],
})

const resource = {
  path: '/v1/incomes',
  notFound: incomeNotFound,
  conflicts: incomeConflicts,
  byId: incomeRows.byId,
  revision: incomeRows.revision,
  toBody: toIncome,
  extra: () => ({}),
}

export const incomesRoutes = createRouter()
  .openapi(create, (c) => {
    const sent = c.req.valid('json')
    return createOne(c, resource, (id) => putIncome(c.var.actor, id, sent), sent, incomeRows.computedById)
  })
  // Before `/{id}`, which its path would be one of.
  .route('/', incomeDownloadRoutes)
  .openapi(list, async (c) => {
    const { actor, db } = c.var
    const query = c.req.valid('query')
    const { incomes, total } = await db.read({
      incomes: listIncomes(actor, query),
      ...(query.include && { total: totalOfIncomes(actor, query) }),
    })
    const page = toPage(incomes, query.limit, withTag(c, toIncome), placeIn(query.sort))
    return c.json({ ...page, ...(total && { total: total[0] }) }, 200)
  })
  .openapi(get, (c) => getOne(c, resource, c.req.valid('param').id))
  .openapi(put, (c) => {
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    return putOne(c, resource, id, putIncome(c.var.actor, id, sent), sent)
  })
  .openapi(update, (c) => {
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    return patchOne(c, resource, id, patchIncome(c.var.actor, id, sent), sent)
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid('param')
    await deleteOne(c, resource, id, deleteIncome(c.var.actor, id))
    return c.body(null, 204)
  })
  .openapi(restore, (c) => {
    const { id } = c.req.valid('param')
    return restoreOne(c, resource, id, restoreIncome(c.var.actor, id))
  })
