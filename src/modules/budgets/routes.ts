import { resource } from '../../http/etag.ts'
import { cacheParameters, preconditionGuards } from '../../http/preconditions.ts'
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
import { DryRunQuery } from '../../http/schema.ts'
import { categoryNotFound } from '../categories/problems.ts'
import { exactly } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { Preconditions, PutPreconditions } from '../ledger/idempotency-schema.ts'
import { toBudgetImpact } from './impact.ts'
import { BudgetDeletion, MonthParams } from './line-schema.ts'
import { budgetNotFound } from './problems.ts'
import { budgetInForce, budgetRevisions, budgetSetAt, endBudget, limitsIn, putBudget } from './queries.ts'
import { Budget, BudgetPage, BudgetParams, BudgetWithImpact, NewBudget, ScopeQuery, toBudget } from './schema.ts'

const tags: [string] = ['Budgets']
const path = '/v1/months/{month}/budgets/{target}' as const

const list = userRoute(['read'], {
  method: 'get',
  path: '/v1/months/{month}/budgets',
  operationId: 'listBudgets',
  summary: 'List the budgets in force in a month',
  description: '`overall` first, then the categories by name, all in one page.',
  tags,
  request: { params: MonthParams },
  responses: { 200: answer('The budgets', BudgetPage) },
})

const get = userRoute(['read'], {
  method: 'get',
  path,
  operationId: 'getBudget',
  summary: 'Get the budget in force',
  tags,
  request: { params: BudgetParams },
  parameters: cacheParameters,
  responses: { 200: resourceAnswer('The budget', Budget), 304: notModified },
  problems: [budgetNotFound],
})

const put = userRoute(['write'], {
  method: 'put',
  path,
  operationId: 'putBudget',
  summary: 'Set a budget',
  description:
    'A monthly limit. It holds from this month on, until you set another one. `"scope": "month"` overrides it in this ' +
    'month alone. A PUT for the same month and scope replaces it. `rollover` and `alertPercents`, where you leave them ' +
    'out, stay what they are in the budget that this one supersedes: with scope `onward` the one that holds onward, with ' +
    '`month` the one in force. Where there is none, they are `none` and `[80, 100]`. `If-Match` takes the `ETag` of the ' +
    'budget that this one supersedes. ' +
    '`If-None-Match: *` fails if one is already set for this very month and scope.',
  tags,
  request: { params: BudgetParams, headers: PutPreconditions, query: DryRunQuery, body: body(NewBudget) },
  responses: {
    200: replayableAnswer(resourceAnswer('The replaced budget, with its impact on the month', BudgetWithImpact)),
    201: replayableAnswer(createdAnswer('The created budget, with its impact on the month', BudgetWithImpact)),
  },
  problems: [categoryNotFound, preconditionFailed, ...keyProblems],
})

const remove = userRoute(['write'], {
  method: 'delete',
  path,
  operationId: 'deleteBudget',
  summary: 'End a budget',
  description:
    'Ends the budget that holds onward: its last month is the one before this. Earlier months keep it. A budget set for a ' +
    'later month still starts there. An override of this month stays until you delete it with `scope=month`.',
  tags,
  request: { params: BudgetParams, headers: Preconditions, query: ScopeQuery },
  responses: {
    200: replayableAnswer(answer('The budget has ended, with the impact on the month', BudgetDeletion)),
  },
  problems: [budgetNotFound, preconditionFailed, ...keyProblems],
})

export const budgetsRoutes = createRouter()
  .openapi(put, async (c) => {
    const { actor, db } = c.var
    const [at, sent] = [c.req.valid('param'), c.req.valid('json')]
    const change = putBudget(actor, at, sent)
    const setting = budgetSetAt(actor, at, sent.scope)
    const { previous, current, ...impact } = await db.transaction({
      ...change,
      ...(await exactly(c, sent)),
      guards: [...preconditionGuards(c, ...budgetRevisions(actor, at, sent.scope)), ...change.guards],
      before: { previous: setting },
      after: { current: setting },
    })
    const row = current[0] ?? budgetNotFound.raise()
    const budget = toBudget({ ...row, setIn: row.month })
    const headers = { Location: `/v1/months/${budget.month}/budgets/${budget.target}` }
    const created = previous[0] ? {} : { status: 201 as const, headers }
    return resource(c, `${row.revision}-${row.month}`, budget, {
      ...created,
      extra: { budget: toBudgetImpact(impact) },
    })
  })
  .openapi(get, async (c) => {
    const { found } = await c.var.db.read({ found: budgetInForce(c.var.actor, c.req.valid('param')) })
    const budget = found[0] ?? budgetNotFound.raise()
    return resource(c, `${budget.revision}-${budget.month}`, toBudget(budget))
  })
  .openapi(list, async (c) => {
    const { lines } = await c.var.db.read({ lines: limitsIn(c.var.actor, c.req.valid('param').month) })
    return c.json({ data: lines.map(toBudget), nextCursor: null }, 200)
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const at = c.req.valid('param')
    const { scope } = c.req.valid('query')
    const change = endBudget(actor, at, scope)
    const impact = await db.transaction({
      ...change,
      ...(await exactly(c)),
      guards: [...preconditionGuards(c, ...budgetRevisions(actor, at, scope)), ...change.guards],
    })
    return c.json({ budget: toBudgetImpact(impact) }, 200)
  })
