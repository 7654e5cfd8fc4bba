import { resource } from '../../http/etag.ts'
import { cacheParameters } from '../../http/preconditions.ts'
import { invalidToken } from '../../http/problems.ts'
import { answer, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { MonthParams } from '../budgets/line-schema.ts'
import { plansAround } from './plan-queries.ts'
import { linesIn, monthsBetween } from './queries.ts'
import { MonthRange, MonthSummaryPage, MonthView } from './schema.ts'
import { toMonthSummary, toMonthView } from './view.ts'

const tags: [string] = ['Months']

const get = userRoute(['read'], {
  method: 'get',
  path: '/v1/months/{month}',
  operationId: 'getMonth',
  summary: 'Get the month at a glance',
  description:
    'Everything a home screen needs, in one call. In the example, Food has 40000 + 2500 − 35200 = 7300 available: for ' +
    'each of the 8 days left that is 7300 ÷ 8 = 912, rounded down. 35200 spent in 23 days is a pace of 45913 in 30. Housing ' +
    'has a limit of 150000, and a plan with rent of 90000 to come: so 60000 is free, 7500 for each day, and 90000 will have ' +
    'been spent. The 30000 of Travel are dated the 30th, which is still to come, so they count once. The month has spent ' +
    '35200 + 30000 in its categories and 1299 without one: 66499.\n\n' +
    'What is due in the month by a plan and neither posted nor skipped is `planned`, on the day to which it is moved if it ' +
    'is, and overdue as well as to come. Without plans, `free` equals `available`.',
  tags,
  request: { params: MonthParams },
  parameters: cacheParameters,
  responses: { 200: resourceAnswer('The month', MonthView), 304: notModified },
})

const list = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/months',
    operationId: 'listMonths',
    summary: 'Get the figures of several months',
    description:
      'For charts: up to 36 months, all in one page. `limit` and `available` are those of the `overall` budget.',
    tags,
    request: { query: MonthRange },
    responses: { 200: answer('The months, in order', MonthSummaryPage) },
  },
  { expensive: true },
)

export const monthsRoutes = createRouter()
  .openapi(get, async (c) => {
    const { actor, db } = c.var
    const { month } = c.req.valid('param')
    const { lines, ...plans } = await db.read({ lines: linesIn(actor, month) }, plansAround(actor, month))
    const head = lines.find((line) => line.head)?.head ?? invalidToken.raise()
    // What changes without a revision, too: what is left of the month, and what is read.
    const version = `${head.revision}-${head.today}-${head.unreadAlerts}`
    return resource(c, version, toMonthView(head, { lines, ...plans }))
  })
  .openapi(list, async (c) => {
    const { months } = await c.var.db.read({ months: monthsBetween(c.var.actor, c.req.valid('query')) })
    return c.json({ data: months.map(toMonthSummary), nextCursor: null }, 200)
  })
