import { resource } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { preconditionGuards } from '../../http/preconditions.ts'
import { preconditionFailed } from '../../http/problems.ts'
import {
  answer,
  body,
  createdAnswer,
  createRouter,
  replayableAnswer,
  resourceAnswer,
  userRoute,
} from '../../http/router.ts'
import { DryRunQuery } from '../../http/schema.ts'
import { newId } from '../../shared/ids.ts'
import { toBudgetImpact } from '../budgets/impact.ts'
import { expenseOfOccurrence } from '../expenses/queries.ts'
import { toExpense } from '../expenses/schema.ts'
import { incomeOfOccurrence } from '../incomes/queries.ts'
import { toIncome } from '../incomes/schema.ts'
import { exactly } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders, Preconditions } from '../ledger/idempotency-schema.ts'
import { occurrencePosted, planNotFound } from '../plans/problems.ts'
import { planRows } from '../plans/queries.ts'
import { changeOccurrence, liftChange } from './changes.ts'
import { postOccurrence } from './posting.ts'
import { changeConflicts, occurrenceNotFound, postingConflicts } from './problems.ts'
import { entryIdOf, listOccurrences, occurrenceOf, placeOfOccurrence, toOccurrence } from './queries.ts'
import {
  Occurrence,
  OccurrenceChange,
  OccurrencePage,
  OccurrenceParams,
  OccurrenceQuery,
  PostedEntry,
  Posting,
} from './schema.ts'

const tags: [string] = ['Plans']
const path = '/v1/plans/{id}/occurrences/{due}'

const list = userRoute(
  ['read'],
  {
    method: 'get',
    path: '/v1/occurrences',
    operationId: 'listOccurrences',
    summary: 'List what is due',
    description:
      'In the order of the days on which they are due. They are computed from your plans and from what you have changed, ' +
      'skipped and posted of them.',
    tags,
    request: { query: OccurrenceQuery },
    responses: { 200: answer('A page of occurrences', OccurrencePage) },
  },
  { expensive: true },
)

const change = userRoute(['write'], {
  method: 'put',
  path,
  operationId: 'putOccurrence',
  summary: 'Change one occurrence of a plan',
  description:
    'Gives this occurrence another amount, day or note, or skips it. What you leave out is as the plan says. This changes ' +
    'the plan, too: the `ETag` is that of the plan.',
  tags,
  request: {
    params: OccurrenceParams,
    headers: Preconditions,
    query: DryRunQuery,
    body: body(OccurrenceChange),
  },
  responses: {
    200: replayableAnswer(resourceAnswer('The occurrence as it is now', Occurrence)),
  },
  problems: [planNotFound, occurrenceNotFound, occurrencePosted, preconditionFailed, ...keyProblems],
})

const lift = userRoute(['write'], {
  method: 'delete',
  path,
  operationId: 'deleteOccurrenceChange',
  summary: 'Let an occurrence be as the plan says',
  description:
    'Undoes what you changed of this occurrence. One that was skipped is due again. If nothing was changed, it stays as it is.',
  tags,
  request: { params: OccurrenceParams, headers: Preconditions, query: DryRunQuery },
  responses: {
    204: replayableAnswer({ description: 'The occurrence is as the plan says' }),
  },
  problems: [planNotFound, occurrenceNotFound, preconditionFailed, ...keyProblems],
})

const post = userRoute(['write'], {
  method: 'post',
  path: `${path}/post`,
  operationId: 'postOccurrence',
  summary: 'Record what was due',
  description:
    'Makes the expense or the income of an occurrence, dated on its day unless you send another `date`, in the category of ' +
    'the plan, even if that was archived since. Idempotent: if it is posted already, on this or another device, the answer ' +
    'is a 200 with the entry that is there. An expense comes with its budget impact. A client that is offline posts later, ' +
    'by PUT of an expense or an income with `planId` and `planDue`: that has all members, since nothing is taken from the ' +
    'plan. Whatever posts an occurrence, or deletes or restores its entry, changes the `ETag` of the plan.',
  tags,
  request: {
    params: OccurrenceParams,
    headers: IdempotencyHeaders,
    query: DryRunQuery,
    body: body(Posting),
  },
  responses: {
    200: replayableAnswer(resourceAnswer('The expense or the income that was there', PostedEntry)),
    201: replayableAnswer(createdAnswer('The new expense or income', PostedEntry)),
  },
  problems: [planNotFound, occurrenceNotFound, ...keyProblems],
})

export const occurrencesRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { occurrences } = await c.var.db.read({ occurrences: listOccurrences(c.var.actor, query) })
    return c.json(toPage(occurrences, query.limit, toOccurrence, placeOfOccurrence), 200)
  })
  .openapi(change, async (c) => {
    const { actor, db } = c.var
    const [at, sent] = [c.req.valid('param'), c.req.valid('json')]
    const { guards, ...work } = changeOccurrence(actor, at, sent)
    const { current } = await db.transaction({
      ...work,
      ...(await exactly(c, sent)),
      guards: [...preconditionGuards(c, planRows.revision(actor, at.id)), ...guards],
      after: { current: occurrenceOf(actor, at) },
      conflicts: changeConflicts,
    })
    const row = current[0] ?? occurrenceNotFound.raise()
    return resource(c, row.revision, toOccurrence(row))
  })
  .openapi(lift, async (c) => {
    const { actor, db } = c.var
    const at = c.req.valid('param')
    const { guards, ...work } = liftChange(actor, at)
    await db.transaction({
      ...work,
      ...(await exactly(c)),
      guards: [...preconditionGuards(c, planRows.revision(actor, at.id)), ...guards],
    })
    return c.body(null, 204)
  })
  .openapi(post, async (c) => {
    const { actor, db } = c.var
    const [at, sent] = [c.req.valid('param'), c.req.valid('json')]
    const { earlier, expenses, incomes, ...impact } = await db.transaction({
      ...postOccurrence(actor, at, newId(), sent),
      ...(await exactly(c, sent)),
      before: { earlier: entryIdOf(actor, at) },
      after: { expenses: expenseOfOccurrence(actor, at), incomes: incomeOfOccurrence(actor, at) },
      conflicts: postingConflicts,
    })
    const answerAs = (collection: string, { id }: { id: string }) =>
      earlier.length > 0
        ? { status: 200 as const }
        : { status: 201 as const, headers: { Location: `/v1/${collection}/${id}` } }
    const [expense, income] = [expenses[0], incomes[0]]
    if (expense) {
      const extra = { budget: toBudgetImpact(impact) }
      return resource(c, expense.revision, toExpense(expense), { ...answerAs('expenses', expense), extra })
    }
    const row = income ?? occurrenceNotFound.raise()
    return resource(c, row.revision, toIncome(row), answerAs('incomes', row))
  })
