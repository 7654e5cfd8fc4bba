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
import { type BudgetLine, toBudgetImpact } from '../budgets/impact.ts'
import { ExpenseDeletion } from '../budgets/line-schema.ts'
import { createOne, deleteOne, getOne, type Impact, patchOne, putOne, restoreOne } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders, Preconditions, PutPreconditions } from '../ledger/idempotency-schema.ts'
import { placeIn } from '../ledger/queries.ts'
import { occurrencePosted } from '../plans/problems.ts'
import { expenseDownloadRoutes } from './download-routes.ts'
import { expenseConflicts, expenseNotFound } from './problems.ts'
import { expenseRows, listExpenses, restoredById, totalOfExpenses } from './queries.ts'
import {
  Expense,
  ExpensePage,
  ExpensePatch,
  ExpenseQuery,
  ExpenseReplacement,
  ExpenseWithBudget,
  NewExpense,
  RestoredExpense,
  toExpense,
  toRestoredExpense,
} from './schema.ts'
import { createExpense, deleteExpense, patchExpense, putExpense, restoreExpense } from './writes.ts'

const tags: [string] = ['Expenses']
const byId = { params: IdParam }

const list = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/expenses',
    operationId: 'listExpenses',
    summary: 'List expenses',
    description:
      'Newest first, unless `sort` says otherwise. Writes and deletions between two pages make no other row go missing ' +
      'or appear twice.',
    tags,
    request: { query: ExpenseQuery },
    responses: { 200: answer('A page of expenses', ExpensePage) },
  },
  { expensive: ['q', 'tag', 'refund', 'include'] },
)

const create = userRoute(['write', 'capture'], {
  method: 'post',
  path: '/v1/expenses',
  operationId: 'createExpense',
  summary: 'Record an expense',
  description:
    'An expense in a currency other than your own needs its `exchangeRate`. If yours is EUR, `{ "amount": 1000, ' +
    '"currency": "JPY", "exchangeRate": "0.0061" }` gets a `baseAmount` of 610: each currency has its own number of ' +
    'decimals. It is computed when you write the expense. A `refund` gives money back: its `amount` is above 0, too, and ' +
    'counts negatively in every sum, so that `spent` of a month or of a category can be below 0.',
  tags,
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(NewExpense) },
  responses: {
    201: replayableAnswer(createdAnswer('The new expense, with an id from the server', ExpenseWithBudget)),
  },
  problems: keyProblems,
})

const get = userRoute(['read'], {
  method: 'get',
  path: '/v1/expenses/{id}',
  operationId: 'getExpense',
  summary: 'Get an expense',
  tags,
  request: byId,
  parameters: cacheParameters,
  responses: { 200: resourceAnswer('The expense', Expense), 304: notModified },
  problems: [expenseNotFound],
})

const put = userRoute(['write'], {
  method: 'put',
  path: '/v1/expenses/{id}',
  operationId: 'putExpense',
  summary: 'Create or replace an expense',
  description:
    'You choose the id, a UUIDv7. Members that you leave out get their defaults; `date` is required. Idempotent: the same ' +
    'PUT sent again changes nothing.',
  tags,
  request: { ...byId, headers: PutPreconditions, query: DryRunQuery, body: body(ExpenseReplacement) },
  responses: {
    200: replayableAnswer(resourceAnswer('The replaced expense', ExpenseWithBudget)),
    201: replayableAnswer(createdAnswer('The created expense', ExpenseWithBudget)),
  },
  problems: [occurrencePosted, preconditionFailed, ...keyProblems],
})

const update = userRoute(['write'], {
  method: 'patch',
  path: '/v1/expenses/{id}',
  operationId: 'updateExpense',
  summary: 'Change an expense',
  description: 'A JSON merge patch (RFC 7396): `null` clears a member, a member that you leave out stays.',
  tags,
  request: { ...byId, headers: Preconditions, query: DryRunQuery, body: body(ExpensePatch) },
  responses: {
    200: replayableAnswer(resourceAnswer('The changed expense', ExpenseWithBudget)),
  },
  problems: [expenseNotFound, preconditionFailed, ...keyProblems],
})

const remove = userRoute(['write'], {
  method: 'delete',
  path: '/v1/expenses/{id}',
  operationId: 'deleteExpense',
  summary: 'Delete an expense',
  description: 'You can restore it for 90 days. The answer is a 200 with the budget impact.',
  tags,
  request: { ...byId, headers: Preconditions, query: DryRunQuery },
  responses: {
    200: replayableAnswer(answer('The expense is deleted, with the budget impact', ExpenseDeletion)),
  },
  problems: [expenseNotFound, preconditionFailed, ...keyProblems],
})

const restore = userRoute(['write'], {
  method: 'post',
  path: '/v1/expenses/{id}/restore',
  operationId: 'restoreExpense',
  summary: 'Restore a deleted expense',
  description:
    'It keeps its id and gets a new `ETag`. If its category no longer exists, it comes back without one, and ' +
    '`uncategorized` is true. Restoring an expense that is not deleted changes nothing.',
  tags,
  request: { ...byId, headers: IdempotencyHeaders, query: DryRunQuery },
  responses: {
    200: replayableAnswer(resourceAnswer('The restored expense', RestoredExpense)),
  },
  problems: [expenseNotFound, occurrencePosted, ...keyProblems],
})

const resource = {
  path: '/v1/expenses',
  notFound: expenseNotFound,
  conflicts: expenseConflicts,
  byId: expenseRows.byId,
  revision: expenseRows.revision,
  toBody: toExpense,
  extra: (impact: Impact<BudgetLine>) => ({ budget: toBudgetImpact(impact) }),
}

export const expensesRoutes = createRouter()
  .openapi(create, (c) => {
    const sent = c.req.valid('json')
    return createOne(c, resource, (id) => createExpense(c.var.actor, id, sent), sent, expenseRows.computedById)
  })
  // Before `/{id}`, which its path would be one of.
  .route('/', expenseDownloadRoutes)
  .openapi(list, async (c) => {
    const { actor, db } = c.var
    const query = c.req.valid('query')
    const { expenses, total } = await db.read({
      expenses: listExpenses(actor, query),
      ...(query.include && { total: totalOfExpenses(actor, query) }),
    })
    const page = toPage(expenses, query.limit, withTag(c, toExpense), placeIn(query.sort))
    return c.json({ ...page, ...(total && { total: total[0] }) }, 200)
  })
  .openapi(get, (c) => getOne(c, resource, c.req.valid('param').id))
  .openapi(put, (c) => {
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    return putOne(c, resource, id, putExpense(c.var.actor, id, sent), sent)
  })
  .openapi(update, (c) => {
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    return patchOne(c, resource, id, patchExpense(c.var.actor, id, sent), sent)
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await deleteOne(c, resource, id, deleteExpense(c.var.actor, id)), 200)
  })
  .openapi(restore, (c) => {
    const { id } = c.req.valid('param')
    return restoreOne(
      c,
      { ...resource, byId: restoredById, toBody: toRestoredExpense },
      id,
      restoreExpense(c.var.actor, id),
    )
  })
