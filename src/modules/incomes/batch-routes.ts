import { withTag } from '../../http/etag.ts'
import { preconditionFailed } from '../../http/problems.ts'
import { answer, body, createRouter, replayableAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { changeMany } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders } from '../ledger/idempotency-schema.ts'
import { batchTotalConflicts } from '../ledger/problems.ts'
import { nothingAtFault } from './batch.ts'
import { incomeConflicts } from './problems.ts'
import { incomeRows } from './queries.ts'
import { IncomeBatch, IncomeBatchResult, toIncome } from './schema.ts'
import { changeIncomes } from './writes.ts'

const conflicts = { ...incomeConflicts, ...batchTotalConflicts }

const batch = userRoute(
  ['write'],
  {
    method: 'post',
    path: '/v1/incomes/batch',
    operationId: 'batchIncomes',
    summary: 'Put and delete many incomes',
    description:
      'Up to 100 items, in a body of up to 64 KiB and in one transaction: all of them or none. A 422 names every item at ' +
      'fault. Deleting an income that is already deleted changes nothing. An occurrence of a plan that is posted when the batch ' +
      'comes cannot be posted by it, even if the batch deletes that entry.',
    tags: ['Incomes'],
    request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(IncomeBatch) },
    responses: {
      200: replayableAnswer(answer('The batch is done', IncomeBatchResult)),
    },
    problems: [preconditionFailed, ...keyProblems],
  },
  { expensive: true },
)

export const incomeBatchRoutes = createRouter().openapi(batch, async (c) => {
  const { actor } = c.var
  const sent = c.req.valid('json')
  const change = changeIncomes(actor, sent, nothingAtFault(actor, sent))
  const current = incomeRows.computedByIds(
    actor,
    sent.put.map(({ id }) => id),
  )
  const { rows } = await changeMany(c, change, current, conflicts, sent)
  return c.json({ put: rows.map(withTag(c, toIncome)), delete: sent.delete }, 200)
})
