import { answer, body, createRouter, onceAnswer, userRoute } from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { once } from '../idempotency/once.ts'
import { keyProblems } from '../idempotency/problems.ts'
import { IdempotencyHeaders } from '../idempotency/schema.ts'
import { faultlessGuard, inOrder, throwFaults } from '../ledger/batch.ts'
import { batchTotalConflicts, ledgerConflicts } from '../ledger/problems.ts'
import { itemMessages } from './problems.ts'
import { deleteIncomes, incomeFaults, incomesById, putIncome } from './queries.ts'
import { IncomeBatch, IncomeBatchResult, toIncome } from './schema.ts'

const batch = userRoute({
  method: 'post',
  path: '/v1/incomes/batch',
  operationId: 'batchIncomes',
  summary: 'Put and delete many incomes',
  description:
    'Up to 100, in a body of up to 64 KiB and in one transaction: all of it is done, or nothing, and a 422 points at ' +
    'every item at fault. One that is deleted already stays so.',
  tags: ['Incomes'],
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(IncomeBatch) },
  responses: { 200: onceAnswer(answer('What was done', IncomeBatchResult)), ...keyProblems },
})

export const incomeBatchRoutes = createRouter().openapi(batch, async (c) => {
  const { actor } = c.var
  const sent = c.req.valid('json')
  const db = c.var.db.rehearsing(c.req.valid('query').dryRun)
  const [ids, faults] = [sent.put.map(({ id }) => id), incomeFaults(actor, sent)]
  const puts = sent.put.map(({ id, ...income }) => putIncome(actor, id, income))
  const work = [faultlessGuard(faults), ...puts, deleteIncomes(actor, sent.delete)]
  const options = { conflicts: { ...ledgerConflicts, ...batchTotalConflicts }, explain: [faults] }
  const [rows] = await once(c, db, sent, { work, told: [incomesById(actor, ids)] }, options).catch(
    throwFaults(itemMessages),
  )
  return c.json({ put: inOrder(ids, rows).map(toIncome), delete: sent.delete }, 200)
})
