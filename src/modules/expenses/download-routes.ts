import { createRouter, userRoute } from '../../http/router.ts'
import { downloadAnswer, downloadOf, streamDownload } from '../ledger/download.ts'
import { columns, ExpenseDownloadQuery, example } from './download.ts'
import { allExpenses } from './queries.ts'
import { Expense, toExpense } from './schema.ts'

const exportExpenses = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/expenses/export',
    operationId: 'exportExpenses',
    summary: 'Download expenses',
    description:
      'All expenses that the filters match, as they are at one moment: what is written meanwhile is not in the file. ' +
      'It is streamed. If the connection breaks, the file is not complete: ask again.\n\n' +
      'CSV is in UTF-8, with a header row (RFC 4180). Amounts are decimals of their currency, and a refund is below ' +
      '0. Tags are separated by commas; a comma or a `\\` within a tag has a `\\` before it. The category is its ' +
      'name. Only JSON has the links to plans (`planId`, `planDue`).\n\n' +
      '`POST /v1/imports` takes the CSV file back: use `formulas=keep`, the sign `allExpenses`, and `id` as the ' +
      '`externalId`.',
    tags: ['Expenses'],
    request: { query: ExpenseDownloadQuery },
    responses: { 200: downloadAnswer('The file', downloadOf(Expense, 'ExpenseExport'), example) },
  },
  { expensive: true },
)

export const expenseDownloadRoutes = createRouter().openapi(exportExpenses, async (c) => {
  const { format, formulas, ...query } = c.req.valid('query')
  const portions = await c.var.db.stream({ data: allExpenses(c.var.actor, query) })
  return streamDownload(c, { name: 'expenses', columns, toItem: toExpense }, { format, formulas }, portions)
})
