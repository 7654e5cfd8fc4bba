import type { Context } from 'hono'
import type { UserEnv } from '../../http/context.ts'
import { resource } from '../../http/etag.ts'
import { cacheParameters } from '../../http/preconditions.ts'
import { invalidToken } from '../../http/problems.ts'
import { createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { earningsBy, type ReportRow, spendingBy } from './queries.ts'
import { toReport } from './report.ts'
import { EarningsQuery, EarningsReport, SpendingQuery, SpendingReport } from './schema.ts'

const tags: [string] = ['Reports']

const COMMON =
  'Up to 36 months of yours, which start on your `monthStartDay`. Each sum is that of the `baseAmount` of all that a list ' +
  'of the same days and filters has. `previous` is the range of as many months before. The `ETag` changes with every ' +
  'write of yours.'

const spending = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/reports/spending',
    operationId: 'getSpendingReport',
    summary: 'Sum up what you have spent',
    description:
      `${COMMON} A refund lowers a sum, which may be below 0. Merchants are the same whatever their case, and are shown in ` +
      'their newest spelling. By tag, an expense counts for each of its tags: the answer says so with `overlapping`. In ' +
      'the example, 1320000 for Housing and 298200 for Food leave 32300 for the rest: 1650500 in all.',
    tags,
    request: { query: SpendingQuery },
    parameters: cacheParameters,
    responses: { 200: resourceAnswer('The report', SpendingReport), 304: notModified },
  },
  { expensive: true },
)

const earnings = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/reports/income',
    operationId: 'getIncomeReport',
    summary: 'Sum up what you have earned',
    description: `${COMMON} Sources are the same whatever their case, and are shown in their newest spelling.`,
    tags,
    request: { query: EarningsQuery },
    parameters: cacheParameters,
    responses: { 200: resourceAnswer('The report', EarningsReport), 304: notModified },
  },
  { expensive: true },
)

const answerWith = (c: Context<UserEnv>, [first, ...others]: ReportRow[], query: Parameters<typeof toReport>[1]) => {
  const row = first ?? invalidToken.raise()
  return resource(c, row.revision, toReport([row, ...others], query))
}

export const reportsRoutes = createRouter()
  .openapi(spending, async (c) => {
    const { actor, db } = c.var
    const query = c.req.valid('query')
    const { rows } = await db.read({ rows: spendingBy(actor, query) })
    return answerWith(c, rows, query)
  })
  .openapi(earnings, async (c) => {
    const { actor, db } = c.var
    const query = c.req.valid('query')
    const { rows } = await db.read({ rows: earningsBy(actor, query) })
    return answerWith(c, rows, query)
  })
