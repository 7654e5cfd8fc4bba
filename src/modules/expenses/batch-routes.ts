import { answer, body, createRouter, onceAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { toBudgetImpact } from '../budgets/impact.ts'
import { changeMany } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders } from '../ledger/idempotency-schema.ts'
import { batchTotalConflicts } from '../ledger/problems.ts'
import { nothingAtFault } from './batch.ts'
import { expenseConflicts } from './problems.ts'
import { changeExpenses, expensesByIds } from './queries.ts'
import { ExpenseBatch, JudgedBatch, toExpense } from './schema.ts'

const conflicts = { ...expenseConflicts, ...batchTotalConflicts }

const batch = userRoute({
  method: 'post',
  path: '/v1/expenses/batch',
  operationId: 'batchExpenses',
  summary: 'Put and delete many expenses',
  description:
    'Up to 100, in a body of up to 64 KiB and in one transaction: all of it is done, or nothing, and a 422 points at ' +
    'every item at fault. One that is deleted already stays so. The verdict tells of every line that it touches.',
  tags: ['Expenses'],
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(ExpenseBatch) },
  responses: { 200: onceAnswer(answer('What was done', JudgedBatch)), ...keyProblems },
})

export const expenseBatchRoutes = createRouter().openapi(batch, async (c) => {
  const { actor } = c.var
  const sent = c.req.valid('json')
  const change = changeExpenses(actor, sent, nothingAtFault(actor, sent))
  const current = expensesByIds(
    actor,
    sent.put.map(({ id }) => id),
  )
  const { rows, impact } = await changeMany(c, change, current, conflicts, sent)
  return c.json({ put: rows.map(toExpense), delete: sent.delete, budget: toBudgetImpact(impact) }, 200)
})
