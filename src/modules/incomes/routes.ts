import { resource } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { problems } from '../../http/problems.ts'
import { answer, body, createdAnswer, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { newId } from '../../shared/ids.ts'
import { ledgerConflicts } from '../ledger/problems.ts'
import { placeIn } from '../ledger/queries.ts'
import { incomeNotFound } from './problems.ts'
import { deleteIncome, incomeById, listIncomes, putIncome, updateIncome } from './queries.ts'
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
  request: { body: body(NewIncome) },
  responses: { 201: createdAnswer('The income, with the id that the server gave it', Income) },
})

const get = userRoute({
  method: 'get',
  path: '/v1/incomes/{id}',
  operationId: 'getIncome',
  summary: 'Get an income',
  tags,
  request: byId,
  responses: { 200: resourceAnswer('The income', Income), 304: notModified, ...problems(incomeNotFound) },
})

const put = userRoute({
  method: 'put',
  path: '/v1/incomes/{id}',
  operationId: 'putIncome',
  summary: 'Create or replace an income',
  description:
    "With an id of the client's own making: sent again, it makes no second one. What the body leaves out is as if " +
    'it had never been set.',
  tags,
  request: { ...byId, body: body(NewIncome) },
  responses: {
    200: resourceAnswer('The income as replaced', Income),
    201: createdAnswer('The income as created', Income),
  },
})

const update = userRoute({
  method: 'patch',
  path: '/v1/incomes/{id}',
  operationId: 'updateIncome',
  summary: 'Change an income',
  description: 'A JSON merge patch (RFC 7396): `null` clears, what is not named stays.',
  tags,
  request: { ...byId, body: body(IncomePatch) },
  responses: { 200: resourceAnswer('The income as changed', Income), ...problems(incomeNotFound) },
})

const remove = userRoute({
  method: 'delete',
  path: '/v1/incomes/{id}',
  operationId: 'deleteIncome',
  summary: 'Delete an income',
  tags,
  request: byId,
  responses: { 204: { description: 'It is gone' }, ...problems(incomeNotFound) },
})

export const incomesRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listIncomes(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toIncome, placeIn(query.sort)), 200)
  })
  .openapi(create, async (c) => {
    const [[row]] = await c.var.db.write([putIncome(c.var.actor, newId(), c.req.valid('json'))], ledgerConflicts)
    const income = toIncome(row ?? incomeNotFound.raise())
    return resource(c, income, 201, locationOf(income.id))
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([incomeById(c.var.actor, c.req.valid('param').id)])
    return resource(c, toIncome(row ?? incomeNotFound.raise()))
  })
  .openapi(put, async (c) => {
    const { id } = c.req.valid('param')
    const [[before], [after]] = await c.var.db.write(
      [incomeById(c.var.actor, id), putIncome(c.var.actor, id, c.req.valid('json'))],
      ledgerConflicts,
    )
    const income = toIncome(after ?? incomeNotFound.raise())
    return before ? resource(c, income) : resource(c, income, 201, locationOf(id))
  })
  .openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    const [[row]] = await c.var.db.write([updateIncome(c.var.actor, id, c.req.valid('json'))], ledgerConflicts)
    return resource(c, toIncome(row ?? incomeNotFound.raise()))
  })
  .openapi(remove, async (c) => {
    const [[row]] = await c.var.db.write([deleteIncome(c.var.actor, c.req.valid('param').id)])
    return row ? c.body(null, 204) : incomeNotFound.raise()
  })
