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
      'All expenses that the filters match, streamed: they are of one moment, however many there are and whatever is ' +
      'written meanwhile. CSV is as RFC 4180 has it, in UTF-8 and with a header row. Its amounts are decimals of their ' +
      'currency, below 0 for a refund; tags are separated by commas, with a `\\` before one that is part of a tag. ' +
      '`POST /v1/imports` takes the file back, best with `formulas=keep`. If the connection breaks, the file is not ' +
      'complete: ask again.',
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
