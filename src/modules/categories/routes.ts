import type { Actor } from '../../http/context.ts'
import { toPage } from '../../http/pagination.ts'
import { CachedHeaders } from '../../http/preconditions.ts'
import { invalidRequest, preconditionFailed, problems } from '../../http/problems.ts'
import {
  answer,
  body,
  createdAnswer,
  createRouter,
  notModified,
  onceAnswer,
  resourceAnswer,
  userRoute,
} from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { type Change, createOne, deleteOne, getOne, patchOne, putOne } from '../ledger/handlers.ts'
import { idempotencyKeyReused, keyProblems } from '../ledger/idempotency-problems.ts'
import { IdempotencyHeaders, Preconditions, PutPreconditions } from '../ledger/idempotency-schema.ts'
import { categoriesFull, categoryInUse, categoryNameTaken, categoryNotFound, nameConflicts } from './problems.ts'
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
const creationProblems = problems(invalidRequest, idempotencyKeyReused, categoriesFull)

const list = userRoute({
  method: 'get',
  path: '/v1/categories',
  operationId: 'listCategories',
  summary: 'List categories',
  description: 'By name, whatever the case. A new user has nine to start with.',
  tags,
  request: { query: CategoryQuery },
  responses: { 200: answer('A page of categories', CategoryPage) },
})

const create = userRoute({
  method: 'post',
  path: '/v1/categories',
  operationId: 'createCategory',
  summary: 'Create a category',
  tags,
  request: { headers: IdempotencyHeaders, body: body(NewCategory) },
  responses: {
    201: onceAnswer(createdAnswer('The category, with the id that the server gave it', Category)),
    ...problems(categoryNameTaken),
    ...creationProblems,
  },
})

const get = userRoute({
  method: 'get',
  path: '/v1/categories/{id}',
  operationId: 'getCategory',
  summary: 'Get a category',
  tags,
  request: { ...byId, headers: CachedHeaders },
  responses: { 200: resourceAnswer('The category', Category), 304: notModified, ...problems(categoryNotFound) },
})

const put = userRoute({
  method: 'put',
  path: '/v1/categories/{id}',
  operationId: 'putCategory',
  summary: 'Create or replace a category',
  description: "With an id of the client's own making: sent again, it makes no second one.",
  tags,
  request: { ...byId, headers: PutPreconditions, body: body(NewCategory) },
  responses: {
    200: onceAnswer(resourceAnswer('The category as replaced', Category)),
    201: onceAnswer(createdAnswer('The category as created', Category)),
    ...problems(categoryNameTaken, preconditionFailed),
    ...creationProblems,
  },
})

const update = userRoute({
  method: 'patch',
  path: '/v1/categories/{id}',
  operationId: 'updateCategory',
  summary: 'Change a category',
  description: 'A JSON merge patch (RFC 7396). An archived category takes no new expenses and keeps its past.',
  tags,
  request: { ...byId, headers: Preconditions, body: body(CategoryPatch) },
  responses: {
    200: onceAnswer(resourceAnswer('The category as changed', Category)),
    ...problems(categoryNotFound, categoryNameTaken, preconditionFailed),
    ...keyProblems,
  },
})

const remove = userRoute({
  method: 'delete',
  path: '/v1/categories/{id}',
  operationId: 'deleteCategory',
  summary: 'Delete a category',
  description:
    'One that has expenses or budgets is deleted only where `moveTo` says where they go, in the same transaction. Its ' +
    'budgets go there unless that category has budgets of its own, which then stand. A category that should keep its ' +
    'past is better archived.',
  tags,
  request: { ...byId, headers: Preconditions, query: DeletionQuery },
  responses: {
    204: onceAnswer({ description: 'It is gone' }),
    ...problems(categoryNotFound, categoryInUse, preconditionFailed),
    ...keyProblems,
  },
})

const resource = {
  path: '/v1/categories',
  notFound: categoryNotFound,
  conflicts: { ...nameConflicts, 'FOREIGN KEY': categoryInUse },
  byId: categoryById,
  revision: categoryRevision,
  toBody: toCategory,
  aside: () => ({}),
}

/** What the deletion of a category does to all that is on it, which this module does not know. */
type Deletion = (actor: Actor, id: string, moveTo: string | undefined) => Change

export const categoriesRoutes = (deleteCategory: Deletion) =>
  createRouter()
    .openapi(list, async (c) => {
      const query = c.req.valid('query')
      const { categories } = await c.var.db.read({ categories: listCategories(c.var.actor, query) })
      return c.json(toPage(categories, query.limit, toCategory, placeOfCategory), 200)
    })
    .openapi(create, (c) => {
      const sent = c.req.valid('json')
      return createOne(c, resource, (id) => putCategory(c.var.actor, id, sent), sent)
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
