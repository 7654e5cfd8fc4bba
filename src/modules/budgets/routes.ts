import { resource } from '../../http/etag.ts'
import { problems } from '../../http/problems.ts'
import { answer, body, createdAnswer, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { categoryNotFound } from '../categories/problems.ts'
import { limitOn, limitsIn, oneTarget } from '../months/queries.ts'
import { Deletion, MonthParams } from '../months/schema.ts'
import { judge } from '../months/verdict.ts'
import { budgetNotFound } from './problems.ts'
import { budgetSetAt, endBudget, forgetIdleEnds, NO_SUCH_TARGET, putBudget, targetGuards } from './queries.ts'
import { Budget, BudgetPage, BudgetParams, JudgedBudget, NewBudget, ScopeQuery, toBudget } from './schema.ts'

const tags: [string] = ['Budgets']
const path = '/v1/months/{month}/budgets/{target}' as const

const list = userRoute({
  method: 'get',
  path: '/v1/months/{month}/budgets',
  operationId: 'listBudgets',
  summary: 'List the budgets in force in a month',
  description: '`overall` first, then the categories by name; all in one page.',
  tags,
  request: { params: MonthParams },
  responses: { 200: answer('The budgets', BudgetPage) },
})

const get = userRoute({
  method: 'get',
  path,
  operationId: 'getBudget',
  summary: 'Get the budget in force',
  tags,
  request: { params: BudgetParams },
  responses: { 200: resourceAnswer('The budget', Budget), 304: notModified, ...problems(budgetNotFound) },
})

const put = userRoute({
  method: 'put',
  path,
  operationId: 'putBudget',
  summary: 'Set a budget',
  description:
    'A monthly limit, which holds from this month on until it is set again: nothing to copy, no job to run. ' +
    '`"scope": "month"` overrides it in this month alone. Set again in the same month and scope, it is replaced. ' +
    'The answer tells in `budget` what it does to the month.',
  tags,
  request: { params: BudgetParams, body: body(NewBudget) },
  responses: {
    200: resourceAnswer('The budget as replaced', JudgedBudget),
    201: createdAnswer('The budget as set', JudgedBudget),
    ...problems(categoryNotFound),
  },
})

const remove = userRoute({
  method: 'delete',
  path,
  operationId: 'deleteBudget',
  summary: 'End a budget',
  description:
    'The one that holds onward ends with the month before: what the months until then had stays. One that is set for ' +
    'a later month still begins there, and an override of this month stands until it is lifted by `scope=month`.',
  tags,
  request: { params: BudgetParams, query: ScopeQuery },
  responses: { 200: answer('It has ended, and what that does to the month', Deletion), ...problems(budgetNotFound) },
})

export const budgetsRoutes = createRouter()
  .openapi(list, async (c) => {
    const [rows] = await c.var.db.read([limitsIn(c.var.actor, c.req.valid('param').month)])
    return c.json({ data: rows.map(toBudget), nextCursor: null }, 200)
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([limitOn(c.var.actor, c.req.valid('param'))])
    return resource(c, toBudget(row ?? budgetNotFound.raise()))
  })
  .openapi(put, async (c) => {
    const { actor, db } = c.var
    const [place, sent] = [c.req.valid('param'), c.req.valid('json')]
    const [[[before], [after]], budget] = await judge(
      db.guardedBy(...targetGuards(actor, place.target)),
      actor,
      oneTarget(actor, place),
      [budgetSetAt(actor, place, sent.scope), putBudget(actor, place, sent)],
      { [NO_SUCH_TARGET]: categoryNotFound },
    )
    const set = toBudget(after ? { ...after, setIn: after.month } : budgetNotFound.raise())
    const location = { Location: `/v1/months/${set.month}/budgets/${set.target}` }
    return before ? resource(c, set, 200, {}, { budget }) : resource(c, set, 201, location, { budget })
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const place = c.req.valid('param')
    const { scope } = c.req.valid('query')
    const [[[ended]], budget] = await judge(db, actor, oneTarget(actor, place), [
      endBudget(actor, place, scope),
      forgetIdleEnds(actor, place.target),
    ])
    return ended ? c.json({ budget }, 200) : budgetNotFound.raise()
  })
