import type { Actor } from '../../http/context.ts'
import { withTag } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { cacheParameters } from '../../http/preconditions.ts'
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
import { IdParam } from '../../http/schema.ts'
import { type Change, createOne, deleteOne, getOne, patchOne, putOne } from '../ledger/handlers.ts'
import { keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders, Preconditions, PutPreconditions } from '../ledger/idempotency-schema.ts'
import {
  budgetsConflict,
  categoriesFull,
  categoryInUse,
  categoryNameTaken,
  categoryNotFound,
  nameConflicts,
} from './problems.ts'
import {
  categoryById,
  categoryRevision,
  listCategories,
  patchCategory,
  placeOfCategory,
  putCategory,
} from './queries.ts'
import {
  Category,
  CategoryPage,
  CategoryPatch,
  CategoryQuery,
  DeletionQuery,
  NewCategory,
  toCategory,
} from './schema.ts'

const tags: [string] = ['Categories']
const byId = { params: IdParam }

const list = userRoute(['read'], {
  method: 'get',
  path: '/v1/categories',
  operationId: 'listCategories',
  summary: 'List categories',
  description: 'Sorted by name, ignoring case. A new user starts with nine.',
  tags,
  request: { query: CategoryQuery },
  responses: { 200: answer('A page of categories', CategoryPage) },
})

const create = userRoute(['write'], {
  method: 'post',
  path: '/v1/categories',
  operationId: 'createCategory',
  summary: 'Create a category',
  description: 'You can have at most 200, archived ones included.',
  tags,
  request: { headers: IdempotencyHeaders, body: body(NewCategory) },
  responses: {
    201: replayableAnswer(createdAnswer('The new category, with an id from the server', Category)),
  },
  problems: [categoryNameTaken, ...keyProblems, categoriesFull],
})

const get = userRoute(['read'], {
  method: 'get',
  path: '/v1/categories/{id}',
  operationId: 'getCategory',
  summary: 'Get a category',
  tags,
  request: byId,
  parameters: cacheParameters,
  responses: { 200: resourceAnswer('The category', Category), 304: notModified },
  problems: [categoryNotFound],
})

const put = userRoute(['write'], {
  method: 'put',
  path: '/v1/categories/{id}',
  operationId: 'putCategory',
  summary: 'Create or replace a category',
  description:
    'You choose the id, a UUIDv7. Members that you leave out get their defaults. Idempotent: the same PUT sent again ' +
    'changes nothing.',
  tags,
  request: { ...byId, headers: PutPreconditions, body: body(NewCategory) },
  responses: {
    200: replayableAnswer(resourceAnswer('The replaced category', Category)),
    201: replayableAnswer(createdAnswer('The created category', Category)),
  },
  problems: [categoryNameTaken, preconditionFailed, ...keyProblems, categoriesFull],
})

const update = userRoute(['write'], {
  method: 'patch',
  path: '/v1/categories/{id}',
  operationId: 'updateCategory',
  summary: 'Change a category',
  description:
    'A JSON merge patch (RFC 7396): a member that you leave out stays. An archived category keeps its expenses but takes no ' +
    'new ones.',
  tags,
  request: { ...byId, headers: Preconditions, body: body(CategoryPatch) },
  responses: {
    200: replayableAnswer(resourceAnswer('The changed category', Category)),
  },
  problems: [categoryNotFound, categoryNameTaken, preconditionFailed, ...keyProblems],
})

const remove = userRoute(
  ['write'],
  {
    method: 'delete',
    path: '/v1/categories/{id}',
    operationId: 'deleteCategory',
    summary: 'Delete a category',
    description:
      'If the category has expenses, plans or budgets, name the category that takes them in `moveTo`: they move in the ' +
      'same transaction, and alerts that become due there are raised. Where the destination has a budget that was set in ' +
      'the same month with the same scope, its own stays. If the end of a budget of the one would end the limit that the ' +
      'other has, nothing moves, and a 409 names the month. To keep the past of a category, archive it instead.',
    tags,
    request: { ...byId, headers: Preconditions, query: DeletionQuery },
    responses: {
      204: replayableAnswer({ description: 'The category is deleted' }),
    },
    problems: [categoryNotFound, categoryInUse, budgetsConflict, preconditionFailed, ...keyProblems],
  },
  { expensive: ['moveTo'] },
)

const resource = {
  path: '/v1/categories',
  notFound: categoryNotFound,
  conflicts: { ...nameConflicts, 'FOREIGN KEY': categoryInUse },
  byId: categoryById,
  revision: categoryRevision,
  toBody: toCategory,
  extra: () => ({}),
}

/** Makes the change that deletes a category and moves what it has. Passed in, since expenses are a higher module. */
type Deletion = (actor: Actor, id: string, moveTo: string | undefined) => Change

export const categoriesRoutes = (deleteCategory: Deletion) =>
  createRouter()
    .openapi(create, (c) => {
      const sent = c.req.valid('json')
      return createOne(c, resource, (id) => putCategory(c.var.actor, id, sent), sent, categoryById)
    })
    .openapi(list, async (c) => {
      const query = c.req.valid('query')
      const { categories } = await c.var.db.read({ categories: listCategories(c.var.actor, query) })
      return c.json(toPage(categories, query.limit, withTag(c, toCategory), placeOfCategory), 200)
    })
    .openapi(get, (c) => getOne(c, resource, c.req.valid('param').id))
    .openapi(put, (c) => {
      const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
      return putOne(c, resource, id, putCategory(c.var.actor, id, sent), sent)
    })
    .openapi(update, (c) => {
      const [{ id }, sent] = [c.req.valid('param'), c.req.valid('json')]
      return patchOne(c, resource, id, patchCategory(c.var.actor, id, sent), sent)
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param')
      await deleteOne(c, resource, id, deleteCategory(c.var.actor, id, c.req.valid('query').moveTo))
      return c.body(null, 204)
    })
