import { answer, body, createRouter, onceAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { once } from '../idempotency/once.ts'
import { keyProblems } from '../idempotency/problems.ts'
import { IdempotencyHeaders } from '../idempotency/schema.ts'
import { faultlessGuard, inOrder, throwFaults } from '../ledger/batch.ts'
import { batchTotalConflicts } from '../ledger/problems.ts'
import { judged, toVerdicts } from '../months/verdict.ts'
import { expenseFaults, expensesById } from './batch.ts'
import { expenseConflicts, itemMessages } from './problems.ts'
import { deleteExpenses, putExpense } from './queries.ts'
import { ExpenseBatch, JudgedBatch, toExpense } from './schema.ts'
import { linesOfBatch } from './touched.ts'

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
  const db = c.var.db.rehearsing(c.req.valid('query').dryRun)
  const [ids, faults] = [sent.put.map(({ id }) => id), expenseFaults(actor, sent)]
  const puts = sent.put.map(({ id, ...expense }) => putExpense(actor, id, expense))
  const writing = judged(actor, linesOfBatch(actor, sent), {
    asked: [],
    work: [faultlessGuard(faults), ...puts, deleteExpenses(actor, sent.delete)],
    told: [expensesById(actor, ids)],
  })
  const options = { conflicts: { ...expenseConflicts, ...batchTotalConflicts }, explain: [faults] }
  const [rows, lines] = await once(c, db, sent, writing, options).catch(throwFaults(itemMessages))
  return c.json({ put: inOrder(ids, rows).map(toExpense), delete: sent.delete, budget: toVerdicts(lines) }, 200)
})
