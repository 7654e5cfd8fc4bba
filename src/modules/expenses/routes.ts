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
import { placeIn } from '../ledger/queries.ts'
import { Deletion } from '../months/schema.ts'
import { judged, toVerdicts } from '../months/verdict.ts'
import { expenseConflicts, expenseNotFound } from './problems.ts'
import {
  deleteExpenses,
  everExpenseById,
  expenseById,
  expenseGuards,
  expenseRevision,
  listExpenses,
  putExpense,
  restoreExpense,
  updateExpense,
} from './queries.ts'
import {
  Expense,
  ExpensePage,
  ExpensePatch,
  ExpenseQuery,
  JudgedExpense,
  NewExpense,
  RestoredExpense,
  toExpense,
} from './schema.ts'
import { linesLeft, linesPatched, linesPut, linesRestored } from './touched.ts'

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
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(NewExpense) },
  responses: {
    201: onceAnswer(createdAnswer('The expense, with the id that the server gave it', JudgedExpense)),
    ...keyProblems,
  },
})

const get = userRoute({
  method: 'get',
  path: '/v1/expenses/{id}',
  operationId: 'getExpense',
  summary: 'Get an expense',
  tags,
  request: { ...byId, headers: CachedHeaders },
  responses: { 200: resourceAnswer('The expense', Expense), 304: notModified, ...problems(expenseNotFound) },
})

const put = userRoute({
  method: 'put',
  path: '/v1/expenses/{id}',
  operationId: 'putExpense',
  summary: 'Create or replace an expense',
  description:
    "With an id of the client's own making: sent again, it makes no second one and changes nothing. What the body leaves " +
    'out is as if it had never been set.',
  tags,
  request: { ...byId, headers: PutPreconditions, query: DryRunQuery, body: body(NewExpense) },
  responses: {
    200: resourceAnswer('The expense as replaced', JudgedExpense),
    201: createdAnswer('The expense as created', JudgedExpense),
    ...problems(preconditionFailed),
  },
})

const update = userRoute({
  method: 'patch',
  path: '/v1/expenses/{id}',
  operationId: 'updateExpense',
  summary: 'Change an expense',
  description: 'A JSON merge patch (RFC 7396): `null` clears, what is not named stays.',
  tags,
  request: { ...byId, headers: Preconditions, query: DryRunQuery, body: body(ExpensePatch) },
  responses: {
    200: resourceAnswer('The expense as changed', JudgedExpense),
    ...problems(expenseNotFound, preconditionFailed),
  },
})

const remove = userRoute({
  method: 'delete',
  path: '/v1/expenses/{id}',
  operationId: 'deleteExpense',
  summary: 'Delete an expense',
  tags,
  description: 'It can be restored. The answer is a 200, since it has a verdict to tell.',
  request: { ...byId, headers: Preconditions, query: DryRunQuery },
  responses: {
    200: answer('It is gone, and what that does to the budget', Deletion),
    ...problems(expenseNotFound, preconditionFailed),
  },
})

const restore = userRoute({
  method: 'post',
  path: '/v1/expenses/{id}/restore',
  operationId: 'restoreExpense',
  summary: 'Restore a deleted expense',
  description:
    'With the same id, and a new version. Where its category is gone meanwhile it has none, and `uncategorized` says ' +
    'so. One that is not deleted stays as it is.',
  tags,
  request: { ...byId, query: DryRunQuery },
  responses: { 200: resourceAnswer('The expense', RestoredExpense), ...problems(expenseNotFound) },
})

export const expensesRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listExpenses(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toExpense, placeIn(query.sort)), 200)
  })
  .openapi(create, async (c) => {
    const { actor } = c.var
    const [id, sent] = [newId(), c.req.valid('json')]
    const db = c.var.db.rehearsing(c.req.valid('query').dryRun)
    const writing = judged(actor, linesPut(actor, id, sent), {
      asked: [],
      work: [...expenseGuards(actor, id, sent), putExpense(actor, id, sent)],
      told: [expenseById(actor, id)],
    })
    const [[row], lines] = await once(c, db, sent, writing, { conflicts: expenseConflicts })
    const expense = row ?? expenseNotFound.raise()
    const created = { status: 201 as const, headers: locationOf(expense.id), aside: { budget: toVerdicts(lines) } }
    return resource(c, expense.revision, toExpense(expense), created)
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([expenseById(c.var.actor, c.req.valid('param').id)])
    const expense = row ?? expenseNotFound.raise()
    return resource(c, expense.revision, toExpense(expense))
  })
  .openapi(put, async (c) => {
    const { actor, db } = c.var
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    const byId = expenseById(actor, id)
    const work = [putExpense(actor, id, sent)]
    const [[before], [after], lines] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .guardedBy(...preconditionGuards(c, expenseRevision(actor, id)), ...expenseGuards(actor, id, sent))
      .tell(judged(actor, linesPut(actor, id, sent), { asked: [byId], work, told: [byId] }), {
        conflicts: expenseConflicts,
      })
    const expense = after ?? expenseNotFound.raise()
    const created = before ? {} : { status: 201 as const, headers: locationOf(id) }
    return resource(c, expense.revision, toExpense(expense), { ...created, aside: { budget: toVerdicts(lines) } })
  })
  .openapi(update, async (c) => {
    const { actor, db } = c.var
    const [{ id }, patch] = [c.req.valid('param'), c.req.valid('json')]
    const work = [updateExpense(actor, id, patch)]
    const [[row], lines] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .guardedBy(...preconditionGuards(c, expenseRevision(actor, id)), ...expenseGuards(actor, id, patch))
      .tell(judged(actor, linesPatched(actor, id, patch), { asked: [], work, told: [expenseById(actor, id)] }), {
        conflicts: expenseConflicts,
      })
    const expense = row ?? expenseNotFound.raise()
    return resource(c, expense.revision, toExpense(expense), { aside: { budget: toVerdicts(lines) } })
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const work = [deleteExpenses(actor, [id])]
    const [[row], lines] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .guardedBy(...preconditionGuards(c, expenseRevision(actor, id)))
      .tell(judged(actor, linesLeft(actor, id), { asked: [expenseById(actor, id)], work, told: [] }))
    return row ? c.json({ budget: toVerdicts(lines) }, 200) : expenseNotFound.raise()
  })
  .openapi(restore, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const [[before], [after], lines] = await db.rehearsing(c.req.valid('query').dryRun).tell(
      judged(actor, linesRestored(actor, id), {
        asked: [everExpenseById(actor, id)],
        work: [restoreExpense(actor, id)],
        told: [expenseById(actor, id)],
      }),
      { conflicts: expenseConflicts },
    )
    const expense = after ?? expenseNotFound.raise()
    const uncategorized = before?.formerCategoryId != null && expense.categoryId === null
    return resource(c, expense.revision, toExpense(expense), { aside: { uncategorized, budget: toVerdicts(lines) } })
  })
