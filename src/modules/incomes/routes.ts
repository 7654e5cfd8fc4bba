import { resource } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { CachedHeaders, Preconditions, PutPreconditions, preconditionGuards } from '../../http/preconditions.ts'
import { preconditionFailed, problems } from '../../http/problems.ts'
import {
  answer,
  body,
  createdAnswer,
  createRouter,
  notModified,
  onceAnswer,
  resourceAnswer,
  userRoute,
} from '../../http/router.ts'
import { DryRunQuery, IdParam } from '../../http/schema.ts'
import { newId } from '../../shared/ids.ts'
import { once } from '../idempotency/once.ts'
import { keyProblems } from '../idempotency/problems.ts'
import { IdempotencyHeaders } from '../idempotency/schema.ts'
import { ledgerConflicts, totalConflicts } from '../ledger/problems.ts'
import { placeIn } from '../ledger/queries.ts'
import { incomeNotFound } from './problems.ts'
import {
  deleteIncomes,
  incomeById,
  incomeRevision,
  listIncomes,
  putIncome,
  restoreIncome,
  updateIncome,
} from './queries.ts'
import { Income, IncomePage, IncomePatch, IncomeQuery, NewIncome, toIncome } from './schema.ts'

const tags: [string] = ['Incomes']
const byId = { params: IdParam }
const locationOf = (id: string) => ({ Location: `/v1/incomes/${id}` })

const list = userRoute({
  method: 'get',
  path: '/v1/incomes',
  operationId: 'listIncomes',
  summary: 'List incomes',
  description:
    'Newest first unless `sort` says otherwise. Rows that are written or deleted while a client pages are neither ' +
    'skipped nor repeated.',
  tags,
  request: { query: IncomeQuery },
  responses: { 200: answer('A page of incomes', IncomePage) },
})

const create = userRoute({
  method: 'post',
  path: '/v1/incomes',
  operationId: 'createIncome',
  summary: 'Record an income',
  tags,
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(NewIncome) },
  responses: {
    201: onceAnswer(createdAnswer('The income, with the id that the server gave it', Income)),
    ...keyProblems,
  },
})

const get = userRoute({
  method: 'get',
  path: '/v1/incomes/{id}',
  operationId: 'getIncome',
  summary: 'Get an income',
  tags,
  request: { ...byId, headers: CachedHeaders },
  responses: { 200: resourceAnswer('The income', Income), 304: notModified, ...problems(incomeNotFound) },
})

const put = userRoute({
  method: 'put',
  path: '/v1/incomes/{id}',
  operationId: 'putIncome',
  summary: 'Create or replace an income',
  description:
    "With an id of the client's own making: sent again, it makes no second one and changes nothing. What the body leaves " +
    'out is as if it had never been set.',
  tags,
  request: { ...byId, headers: PutPreconditions, query: DryRunQuery, body: body(NewIncome) },
  responses: {
    200: resourceAnswer('The income as replaced', Income),
    201: createdAnswer('The income as created', Income),
    ...problems(preconditionFailed),
  },
})

const update = userRoute({
  method: 'patch',
  path: '/v1/incomes/{id}',
  operationId: 'updateIncome',
  summary: 'Change an income',
  description: 'A JSON merge patch (RFC 7396): `null` clears, what is not named stays.',
  tags,
  request: { ...byId, headers: Preconditions, query: DryRunQuery, body: body(IncomePatch) },
  responses: { 200: resourceAnswer('The income as changed', Income), ...problems(incomeNotFound, preconditionFailed) },
})

const remove = userRoute({
  method: 'delete',
  path: '/v1/incomes/{id}',
  operationId: 'deleteIncome',
  summary: 'Delete an income',
  tags,
  description: 'It can be restored.',
  request: { ...byId, headers: Preconditions, query: DryRunQuery },
  responses: { 204: { description: 'It is gone' }, ...problems(incomeNotFound, preconditionFailed) },
})

const restore = userRoute({
  method: 'post',
  path: '/v1/incomes/{id}/restore',
  operationId: 'restoreIncome',
  summary: 'Restore a deleted income',
  description: 'With the same id, and a new version. One that is not deleted stays as it is.',
  tags,
  request: { ...byId, query: DryRunQuery },
  responses: { 200: resourceAnswer('The income', Income), ...problems(incomeNotFound) },
})

export const incomesRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listIncomes(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toIncome, placeIn(query.sort)), 200)
  })
  .openapi(create, async (c) => {
    const { actor } = c.var
    const [id, sent] = [newId(), c.req.valid('json')]
    const db = c.var.db.rehearsing(c.req.valid('query').dryRun)
    const work = [putIncome(actor, id, sent)]
    const [[row]] = await once(c, db, sent, { work, told: [incomeById(actor, id)] }, { conflicts: ledgerConflicts })
    const income = row ?? incomeNotFound.raise()
    return resource(c, income.revision, toIncome(income), { status: 201, headers: locationOf(income.id) })
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([incomeById(c.var.actor, c.req.valid('param').id)])
    const income = row ?? incomeNotFound.raise()
    return resource(c, income.revision, toIncome(income))
  })
  .openapi(put, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const byId = incomeById(actor, id)
    const [[before], [after]] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .guardedBy(...preconditionGuards(c, incomeRevision(actor, id)))
      .tell(
        { asked: [byId], work: [putIncome(actor, id, c.req.valid('json'))], told: [byId] },
        { conflicts: ledgerConflicts },
      )
    const income = after ?? incomeNotFound.raise()
    const created = { status: 201 as const, headers: locationOf(id) }
    return resource(c, income.revision, toIncome(income), before ? {} : created)
  })
  .openapi(update, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const [[row]] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .guardedBy(...preconditionGuards(c, incomeRevision(actor, id)))
      .tell(
        { asked: [], work: [updateIncome(actor, id, c.req.valid('json'))], told: [incomeById(actor, id)] },
        { conflicts: ledgerConflicts },
      )
    const income = row ?? incomeNotFound.raise()
    return resource(c, income.revision, toIncome(income))
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const [[row]] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .guardedBy(...preconditionGuards(c, incomeRevision(actor, id)))
      .tell({ asked: [incomeById(actor, id)], work: [deleteIncomes(actor, [id])], told: [] })
    return row ? c.body(null, 204) : incomeNotFound.raise()
  })
  .openapi(restore, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const [[row]] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .tell(
        { asked: [], work: [restoreIncome(actor, id)], told: [incomeById(actor, id)] },
        { conflicts: totalConflicts },
      )
    const income = row ?? incomeNotFound.raise()
    return resource(c, income.revision, toIncome(income))
  })
