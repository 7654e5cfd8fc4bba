import { computedResource } from '../../http/etag.ts'
import { CachedHeaders } from '../../http/preconditions.ts'
import { invalidToken } from '../../http/problems.ts'
import { answer, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { MonthParams } from '../budgets/line-schema.ts'
import { linesIn } from '../budgets/queries.ts'
import { monthFacts, monthsBetween } from './queries.ts'
import { MonthRange, MonthSummaryPage, MonthView } from './schema.ts'
import { toMonthSummary, toMonthView } from './view.ts'

const tags: [string] = ['Months']

const get = userRoute({
  method: 'get',
  path: '/v1/months/{month}',
  operationId: 'getMonth',
  summary: 'Get the month at a glance',
  description:
    'All that a home screen needs, in one call. Every figure follows from the expenses, the incomes and the limits: ' +
    'in the example, Food has 40000 + 2500 − 35200 = 7300 available, which is 7300 ÷ 8, rounded down to 912, for each of the ' +
    '8 days left; and 35200 in 23 days are 45913 in 30. The spending of its lines and without a category, 35200 + 120000 + ' +
    '1299, is that of the month.',
  tags,
  request: { params: MonthParams, headers: CachedHeaders },
  responses: { 200: resourceAnswer('The month', MonthView), 304: notModified },
})

const list = userRoute({
  method: 'get',
  path: '/v1/months',
  operationId: 'listMonths',
  summary: 'Get the figures of several months',
  description: 'For charts: at most 36 months, all in one page. `limit` and `available` are those of everything.',
  tags,
  request: { query: MonthRange },
  responses: { 200: answer('The months, in order', MonthSummaryPage) },
})

export const monthsRoutes = createRouter()
  .openapi(list, async (c) => {
    const { months } = await c.var.db.read({ months: monthsBetween(c.var.actor, c.req.valid('query')) })
    return c.json({ data: months.map(toMonthSummary), nextCursor: null }, 200)
  })
  .openapi(get, async (c) => {
    const { actor, db } = c.var
    const { month } = c.req.valid('param')
    const { facts, lines } = await db.read({ facts: monthFacts(actor, month), lines: linesIn(actor, month, 'shown') })
    return computedResource(c, toMonthView(facts[0] ?? invalidToken.raise(), lines))
  })
