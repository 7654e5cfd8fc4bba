import { withTag } from '../../http/etag.ts'
import { preconditionFailed } from '../../http/problems.ts'
import { answer, body, createRouter, replayableAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { toBudgetImpact } from '../budgets/impact.ts'
import { batchTooLarge } from '../budgets/problems.ts'
import { changeMany } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders } from '../ledger/idempotency-schema.ts'
import { batchTotalConflicts } from '../ledger/problems.ts'
import { nothingAtFault } from './batch.ts'
import { expenseConflicts } from './problems.ts'
import { expenseRows } from './queries.ts'
import { ExpenseBatch, ExpenseBatchResult, toExpense } from './schema.ts'
import { changeExpenses } from './writes.ts'

const conflicts = { ...expenseConflicts, ...batchTotalConflicts }

const batch = userRoute(
  ['write'],
  {
    method: 'post',
    path: '/v1/expenses/batch',
    operationId: 'batchExpenses',
    summary: 'Put and delete many expenses',
    description:
      'Up to 100 items, in a body of up to 64 KiB and in one transaction: all of them or none. A 422 names every item at ' +
      'fault. Deleting an expense that is already deleted changes nothing. An occurrence of a plan that is posted when the batch ' +
      'comes cannot be posted by it, even if the batch deletes that entry. `budget` has an impact for every line that the ' +
      'batch touches. So that no batch holds up the writes of others, one that changes more than 3,000 lines, those of later ' +
      'months that follow included, is refused: send the oldest expenses first.',
    tags: ['Expenses'],
    request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(ExpenseBatch) },
    responses: {
      200: replayableAnswer(answer('The batch is done, with the budget impact', ExpenseBatchResult)),
    },
    problems: [preconditionFailed, ...keyProblems, batchTooLarge],
  },
  { expensive: true },
)

export const expenseBatchRoutes = createRouter().openapi(batch, async (c) => {
  const { actor } = c.var
  const sent = c.req.valid('json')
  const change = changeExpenses(actor, sent, nothingAtFault(actor, sent))
  const current = expenseRows.computedByIds(
    actor,
    sent.put.map(({ id }) => id),
  )
  const { rows, impact } = await changeMany(c, change, current, conflicts, sent)
  return c.json({ put: rows.map(withTag(c, toExpense)), delete: sent.delete, budget: toBudgetImpact(impact) }, 200)
})
