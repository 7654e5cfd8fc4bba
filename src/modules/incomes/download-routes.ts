import { createRouter, userRoute } from '../../http/router.ts'
import { downloadAnswer, downloadOf, streamDownload } from '../ledger/download.ts'
import { columns, example, IncomeDownloadQuery } from './download.ts'
import { allIncomes } from './queries.ts'
import { Income, toIncome } from './schema.ts'

const exportIncomes = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/incomes/export',
    operationId: 'exportIncomes',
    summary: 'Download incomes',
    description:
      'All incomes that the filters match, as `GET /v1/expenses/export` does it for expenses. To import the file, ' +
      'use `formulas=keep`, the sign `expensesNegative`, `source` as the `merchant`, and `id` as the `externalId`.',
    tags: ['Incomes'],
    request: { query: IncomeDownloadQuery },
    responses: { 200: downloadAnswer('The file', downloadOf(Income, 'IncomeExport'), example) },
  },
  { expensive: true },
)

export const incomeDownloadRoutes = createRouter().openapi(exportIncomes, async (c) => {
  const { format, formulas, ...query } = c.req.valid('query')
  const portions = await c.var.db.stream({ data: allIncomes(c.var.actor, query) })
  return streamDownload(c, { name: 'incomes', columns, toItem: toIncome }, { format, formulas }, portions)
})
