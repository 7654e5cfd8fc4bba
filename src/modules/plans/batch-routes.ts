import { withTag } from '../../http/etag.ts'
import { preconditionFailed } from '../../http/problems.ts'
import { answer, body, createRouter, replayableAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { changeMany } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders } from '../ledger/idempotency-schema.ts'
import { nothingAtFault } from './batch.ts'
import { PlanBatch } from './input-schema.ts'
import { planConflicts, plansFull } from './problems.ts'
import { planRows } from './queries.ts'
import { PlanBatchResult, toPlan } from './schema.ts'
import { changePlans } from './writes.ts'

const batch = userRoute(['write'], {
  method: 'post',
  path: '/v1/plans/batch',
  operationId: 'batchPlans',
  summary: 'Put and delete many plans',
  description:
    'Up to 100 items, in a body of up to 64 KiB and in one transaction: all of them or none. A 422 names every item at ' +
    'fault. Deleting a plan that is already deleted changes nothing.',
  tags: ['Plans'],
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(PlanBatch) },
  responses: {
    200: replayableAnswer(answer('The batch is done', PlanBatchResult)),
  },
  problems: [preconditionFailed, ...keyProblems, plansFull],
})

export const planBatchRoutes = createRouter().openapi(batch, async (c) => {
  const { actor } = c.var
  const sent = c.req.valid('json')
  const change = changePlans(actor, sent, nothingAtFault(actor, sent))
  const current = planRows.computedByIds(
    actor,
    sent.put.map(({ id }) => id),
  )
  const { rows } = await changeMany(c, change, current, planConflicts, sent)
  return c.json({ put: rows.map(withTag(c, toPlan)), delete: sent.delete }, 200)
})
