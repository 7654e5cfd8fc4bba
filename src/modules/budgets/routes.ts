import { resource } from '../../http/etag.ts'
import { CachedHeaders, Preconditions, PutPreconditions, preconditionGuards } from '../../http/preconditions.ts'
import { preconditionFailed, problems } from '../../http/problems.ts'
import { answer, body, createdAnswer, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { categoryNotFound } from '../categories/problems.ts'
import { limitsIn, oneTarget } from '../months/queries.ts'
import { Deletion, MonthParams } from '../months/schema.ts'
import { judged, toVerdicts } from '../months/verdict.ts'
import { budgetNotFound } from './problems.ts'
import {
  budgetHeldAt,
  budgetInForce,
  budgetSetAt,
  endBudget,
  forgetIdleEnds,
  NO_SUCH_TARGET,
  putBudget,
  settingRevision,
  supersededRevision,
  targetGuards,
} from './queries.ts'
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
  request: { params: BudgetParams, headers: CachedHeaders },
  responses: { 200: resourceAnswer('The budget', Budget), 304: notModified, ...problems(budgetNotFound) },
})

const put = userRoute({
  method: 'put',
  path,
  operationId: 'putBudget',
  summary: 'Set a budget',
  description:
    'A monthly limit, which holds from this month on until it is set again: nothing to copy, no job to run. ' +
    '`"scope": "month"` overrides it in this month alone, its `rollover` and `alertPercents` too. Set again in the ' +
    'same month and scope, it is replaced. What the body leaves out takes its default, not what held before. ' +
    'The answer tells in `budget` what it does to the month. `If-Match` is about the budget that is superseded: of scope ' +
    '`onward` the one that holds onward, else the one in force; `If-None-Match: *` about one that is set in this very ' +
    'month and scope.',
  tags,
  request: { params: BudgetParams, headers: PutPreconditions, query: DryRunQuery, body: body(NewBudget) },
  responses: {
    200: resourceAnswer('The budget as replaced', JudgedBudget),
    201: createdAnswer('The budget as set', JudgedBudget),
    ...problems(categoryNotFound, preconditionFailed),
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
  request: { params: BudgetParams, headers: Preconditions, query: ScopeQuery },
  responses: {
    200: answer('It has ended, and what that does to the month', Deletion),
    ...problems(budgetNotFound, preconditionFailed),
  },
})

export const budgetsRoutes = createRouter()
  .openapi(list, async (c) => {
    const [rows] = await c.var.db.read([limitsIn(c.var.actor, c.req.valid('param').month)])
    return c.json({ data: rows.map(toBudget), nextCursor: null }, 200)
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([budgetInForce(c.var.actor, c.req.valid('param'))])
    const budget = row ?? budgetNotFound.raise()
    return resource(c, `${budget.revision}-${budget.month}`, toBudget(budget))
  })
  .openapi(put, async (c) => {
    const { actor, db } = c.var
    const [place, sent] = [c.req.valid('param'), c.req.valid('json')]
    const setAt = budgetSetAt(actor, place, sent.scope)
    const [[before], [after], lines] = await db
      .rehearsing(c.req.valid('query').dryRun)
      .guardedBy(
        ...preconditionGuards(
          c,
          supersededRevision(actor, place, sent.scope),
          settingRevision(actor, place, sent.scope),
        ),
        ...targetGuards(actor, place.target),
      )
      .tell(
        judged(actor, oneTarget(actor, place), {
          asked: [setAt],
          work: [putBudget(actor, place, sent)],
          told: [setAt],
        }),
        { conflicts: { [NO_SUCH_TARGET]: categoryNotFound } },
      )
    const set = after ?? budgetNotFound.raise()
    const budget = toBudget({ ...set, setIn: set.month })
    const headers = { Location: `/v1/months/${budget.month}/budgets/${budget.target}` }
    const created = before ? {} : { status: 201 as const, headers }
    return resource(c, `${set.revision}-${set.month}`, budget, { ...created, aside: { budget: toVerdicts(lines) } })
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const place = c.req.valid('param')
    const { scope, dryRun } = c.req.valid('query')
    const [[held], lines] = await db
      .rehearsing(dryRun)
      .guardedBy(...preconditionGuards(c, supersededRevision(actor, place, scope)))
      .tell(
        judged(actor, oneTarget(actor, place), {
          asked: [budgetHeldAt(actor, place, scope)],
          work: [endBudget(actor, place, scope), forgetIdleEnds(actor, place.target)],
          told: [],
        }),
      )
    return held ? c.json({ budget: toVerdicts(lines) }, 200) : budgetNotFound.raise()
  })
