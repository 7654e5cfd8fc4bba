import { withTag } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { cacheParameters, preconditionGuards } from '../../http/preconditions.ts'
import { preconditionFailed } from '../../http/problems.ts'
import {
  answer,
  body,
  createdAnswer,
  createRouter,
  notModified,
  replayableAnswer,
  resourceAnswer,
  userRoute,
} from '../../http/router.ts'
import { DryRunQuery, IdParam } from '../../http/schema.ts'
import { createOne, deleteOne, getOne, patchOne, putOne, restoreOne } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders, Preconditions, PutPreconditions } from '../ledger/idempotency-schema.ts'
import { continuePlan } from './continuation.ts'
import { NewPlan, PlanPatch, PlanPatchQuery, PlanQuery } from './input-schema.ts'
import { planConflicts, planNotFound, plansFull } from './problems.ts'
import { listPlans, placeOfPlan, planRows } from './queries.ts'
import { Plan, PlanPage, RestoredPlan, toPlan, toRestoredPlan } from './schema.ts'
import { deletePlan, patchPlan, putPlan, restorePlan } from './writes.ts'

const tags: [string] = ['Plans']
const byId = { params: IdParam }

const list = userRoute(['read'], {
  method: 'get',
  path: '/v1/plans',
  operationId: 'listPlans',
  summary: 'List plans',
  description:
    'Those that start last come first, plans that have ended included. Writes and deletions between two pages make no ' +
    'other row go missing or appear twice.',
  tags,
  request: { query: PlanQuery },
  responses: { 200: answer('A page of plans', PlanPage) },
})

const create = userRoute(['write'], {
  method: 'post',
  path: '/v1/plans',
  operationId: 'createPlan',
  summary: 'Plan an expense or an income',
  description:
    'Rent, a subscription, a salary, a holiday in August. `GET /v1/occurrences` lists when your plans are due, and ' +
    '`POST /v1/plans/{id}/occurrences/{due}/post` makes the expense or the income of one. A plan in a currency other than ' +
    'your own needs an `exchangeRate`, as an expense does: an estimate, since the rate of the day is asked for when you ' +
    'post. You can have at most 200 plans, ended ones included.',
  tags,
  request: { headers: IdempotencyHeaders, query: DryRunQuery, body: body(NewPlan) },
  responses: {
    201: replayableAnswer(createdAnswer('The new plan, with an id from the server', Plan)),
  },
  problems: [...keyProblems, plansFull],
})

const get = userRoute(['read'], {
  method: 'get',
  path: '/v1/plans/{id}',
  operationId: 'getPlan',
  summary: 'Get a plan',
  tags,
  request: byId,
  parameters: cacheParameters,
  responses: { 200: resourceAnswer('The plan', Plan), 304: notModified },
  problems: [planNotFound],
})

const put = userRoute(['write'], {
  method: 'put',
  path: '/v1/plans/{id}',
  operationId: 'putPlan',
  summary: 'Create or replace a plan',
  description:
    'You choose the id, a UUIDv7. Members that you leave out get their defaults; `kind` must be what it was. Idempotent: ' +
    'the same PUT sent again changes nothing.',
  tags,
  request: { ...byId, headers: PutPreconditions, query: DryRunQuery, body: body(NewPlan) },
  responses: {
    200: replayableAnswer(resourceAnswer('The replaced plan', Plan)),
    201: replayableAnswer(createdAnswer('The created plan', Plan)),
  },
  problems: [preconditionFailed, ...keyProblems, plansFull],
})

const update = userRoute(['write'], {
  method: 'patch',
  path: '/v1/plans/{id}',
  operationId: 'updatePlan',
  summary: 'Change a plan',
  description:
    'A JSON merge patch (RFC 7396): `null` clears a member, a member that you leave out stays. `kind` cannot change. With ' +
    '`from`, the plan ends on the day before, and the answer is a 201 with a new plan that continues it (`previousId`): it ' +
    'has the changes, and starts on the day on which the old one would have been due next, `from` included. Without `from`, ' +
    'another `start` or `repeat` holds for the past, too: what was posted stays, the new days before today are overdue, and ' +
    'a plan with `post: "auto"` posts them.',
  tags,
  request: { ...byId, headers: Preconditions, query: PlanPatchQuery, body: body(PlanPatch) },
  responses: {
    200: replayableAnswer(resourceAnswer('The changed plan', Plan)),
    201: replayableAnswer(createdAnswer('The new plan, where the old one is changed from a day on', Plan)),
  },
  problems: [planNotFound, preconditionFailed, ...keyProblems, plansFull],
})

const remove = userRoute(['write'], {
  method: 'delete',
  path: '/v1/plans/{id}',
  operationId: 'deletePlan',
  summary: 'Delete a plan',
  description: 'You can restore it for 90 days. To end a plan and keep its past, change its `until`.',
  tags,
  request: { ...byId, headers: Preconditions, query: DryRunQuery },
  responses: {
    204: replayableAnswer({ description: 'The plan is deleted' }),
  },
  problems: [planNotFound, preconditionFailed, ...keyProblems],
})

const restore = userRoute(['write'], {
  method: 'post',
  path: '/v1/plans/{id}/restore',
  operationId: 'restorePlan',
  summary: 'Restore a deleted plan',
  description:
    'It keeps its id and gets a new `ETag`. If its category no longer exists, it comes back without one, and ' +
    '`uncategorized` is true. Restoring a plan that is not deleted changes nothing.',
  tags,
  request: { ...byId, headers: IdempotencyHeaders, query: DryRunQuery },
  responses: {
    200: replayableAnswer(resourceAnswer('The restored plan', RestoredPlan)),
  },
  problems: [planNotFound, ...keyProblems, plansFull],
})

const resource = {
  path: '/v1/plans',
  notFound: planNotFound,
  conflicts: planConflicts,
  byId: planRows.byId,
  revision: planRows.revision,
  toBody: toPlan,
  extra: () => ({}),
}

export const plansRoutes = createRouter()
  .openapi(create, (c) => {
    const sent = c.req.valid('json')
    return createOne(c, resource, (id) => putPlan(c.var.actor, id, sent), sent, planRows.computedById)
  })
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { plans } = await c.var.db.read({ plans: listPlans(c.var.actor, query) })
    return c.json(toPage(plans, query.limit, withTag(c, toPlan), placeOfPlan), 200)
  })
  .openapi(get, (c) => getOne(c, resource, c.req.valid('param').id))
  .openapi(put, (c) => {
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    return putOne(c, resource, id, putPlan(c.var.actor, id, sent), sent)
  })
  .openapi(update, (c) => {
    const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
    const { from } = c.req.valid('query')
    const [{ actor }, unchanged] = [c.var, preconditionGuards(c, planRows.revision(c.var.actor, id))]
    return from === undefined
      ? patchOne(c, resource, id, patchPlan(actor, id, sent), sent)
      : createOne(
          c,
          resource,
          (newId) => continuePlan(actor, { id, newId, from }, sent, unchanged),
          sent,
          planRows.byId,
        )
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid('param')
    await deleteOne(c, resource, id, deletePlan(c.var.actor, id))
    return c.body(null, 204)
  })
  .openapi(restore, (c) => {
    const { id } = c.req.valid('param')
    return restoreOne(c, { ...resource, toBody: toRestoredPlan }, id, restorePlan(c.var.actor, id))
  })
