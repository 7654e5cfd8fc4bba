import { resource } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { problems } from '../../http/problems.ts'
import { answer, body, createdAnswer, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { newId } from '../../shared/ids.ts'
import { placeIn } from '../ledger/queries.ts'
import { Deletion } from '../months/schema.ts'
import { judge } from '../months/verdict.ts'
import { expenseConflicts, expenseNotFound } from './problems.ts'
import {
  deleteExpense,
  expenseById,
  expenseGuards,
  linesLeft,
  linesPatched,
  linesPut,
  listExpenses,
  putExpense,
  updateExpense,
} from './queries.ts'
import { Expense, ExpensePage, ExpensePatch, ExpenseQuery, JudgedExpense, NewExpense, toExpense } from './schema.ts'

const tags: [string] = ['Expenses']
const byId = { params: IdParam }
const locationOf = (id: string) => ({ Location: `/v1/expenses/${id}` })

const list = userRoute({
  method: 'get',
  path: '/v1/expenses',
  operationId: 'listExpenses',
  summary: 'List expenses',
  description:
    'Newest first unless `sort` says otherwise. Rows that are written or deleted while a client pages are neither ' +
    'skipped nor repeated.',
  tags,
  request: { query: ExpenseQuery },
  responses: { 200: answer('A page of expenses', ExpensePage) },
})

const create = userRoute({
  method: 'post',
  path: '/v1/expenses',
  operationId: 'createExpense',
  summary: 'Record an expense',
  description:
    'One in another currency than the user\'s carries its `exchangeRate`: `{ "amount": 1000, "currency": "JPY", ' +
    '"exchangeRate": "0.0061" }` of a user whose currency is EUR has a `baseAmount` of 610. It is computed once, and ' +
    'each currency has its own number of decimals.',
  tags,
  request: { body: body(NewExpense) },
  responses: { 201: createdAnswer('The expense, with the id that the server gave it', JudgedExpense) },
})

const get = userRoute({
  method: 'get',
  path: '/v1/expenses/{id}',
  operationId: 'getExpense',
  summary: 'Get an expense',
  tags,
  request: byId,
  responses: { 200: resourceAnswer('The expense', Expense), 304: notModified, ...problems(expenseNotFound) },
})

const put = userRoute({
  method: 'put',
  path: '/v1/expenses/{id}',
  operationId: 'putExpense',
  summary: 'Create or replace an expense',
  description:
    "With an id of the client's own making: sent again, it makes no second one. What the body leaves out is as if " +
    'it had never been set.',
  tags,
  request: { ...byId, body: body(NewExpense) },
  responses: {
    200: resourceAnswer('The expense as replaced', JudgedExpense),
    201: createdAnswer('The expense as created', JudgedExpense),
  },
})

const update = userRoute({
  method: 'patch',
  path: '/v1/expenses/{id}',
  operationId: 'updateExpense',
  summary: 'Change an expense',
  description: 'A JSON merge patch (RFC 7396): `null` clears, what is not named stays.',
  tags,
  request: { ...byId, body: body(ExpensePatch) },
  responses: { 200: resourceAnswer('The expense as changed', JudgedExpense), ...problems(expenseNotFound) },
})

const remove = userRoute({
  method: 'delete',
  path: '/v1/expenses/{id}',
  operationId: 'deleteExpense',
  summary: 'Delete an expense',
  tags,
  request: byId,
  responses: { 200: answer('It is gone, and what that does to the budget', Deletion), ...problems(expenseNotFound) },
})

export const expensesRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listExpenses(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toExpense, placeIn(query.sort)), 200)
  })
  .openapi(create, async (c) => {
    const { actor, db } = c.var
    const [id, sent] = [newId(), c.req.valid('json')]
    const [[[row]], budget] = await judge(
      db.guardedBy(...expenseGuards(actor, id, sent)),
      actor,
      linesPut(actor, id, sent),
      [putExpense(actor, id, sent)],
      expenseConflicts,
    )
    return resource(c, toExpense(row ?? expenseNotFound.raise()), 201, locationOf(id), { budget })
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([expenseById(c.var.actor, c.req.valid('param').id)])
    return resource(c, toExpense(row ?? expenseNotFound.raise()))
  })
  .openapi(put, async (c) => {
    const { actor, db } = c.var
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    const [[[before], [after]], budget] = await judge(
      db.guardedBy(...expenseGuards(actor, id, sent)),
      actor,
      linesPut(actor, id, sent),
      [expenseById(actor, id), putExpense(actor, id, sent)],
      expenseConflicts,
    )
    const expense = toExpense(after ?? expenseNotFound.raise())
    return before ? resource(c, expense, 200, {}, { budget }) : resource(c, expense, 201, locationOf(id), { budget })
  })
  .openapi(update, async (c) => {
    const { actor, db } = c.var
    const [{ id }, patch] = [c.req.valid('param'), c.req.valid('json')]
    const [[[row]], budget] = await judge(
      db.guardedBy(...expenseGuards(actor, id, patch)),
      actor,
      linesPatched(actor, id, patch),
      [updateExpense(actor, id, patch)],
      expenseConflicts,
    )
    return resource(c, toExpense(row ?? expenseNotFound.raise()), 200, {}, { budget })
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const [[[row]], budget] = await judge(db, actor, linesLeft(actor, id), [deleteExpense(actor, id)])
    return row ? c.json({ budget }, 200) : expenseNotFound.raise()
  })
