import { resource } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { CachedHeaders, Preconditions, PutPreconditions, preconditionGuards } from '../../http/preconditions.ts'
import { preconditionFailed, problems } from '../../http/problems.ts'
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
import { newId } from '../../shared/ids.ts'
import { dropBudgets, moveBudgets } from '../budgets/queries.ts'
import { once } from '../idempotency/once.ts'
import { keyProblems } from '../idempotency/problems.ts'
import { IdempotencyHeaders } from '../idempotency/schema.ts'
import { categoryInUse, categoryNameTaken, categoryNotFound, categoryNotLive, nameConflicts } from './problems.ts'
import {
  CATEGORY_NOT_LIVE,
  categoryById,
  categoryRevision,
  deleteCategory,
  destinationGuards,
  listCategories,
  moveExpenses,
  placeOfCategory,
  putCategory,
  updateCategory,
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
const locationOf = (id: string) => ({ Location: `/v1/categories/${id}` })

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
    ...keyProblems,
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
    200: resourceAnswer('The category as replaced', Category),
    201: createdAnswer('The category as created', Category),
    ...problems(categoryNameTaken, preconditionFailed),
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
    200: resourceAnswer('The category as changed', Category),
    ...problems(categoryNotFound, categoryNameTaken, preconditionFailed),
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
  responses: { 204: { description: 'It is gone' }, ...problems(categoryNotFound, categoryInUse, preconditionFailed) },
})

export const categoriesRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listCategories(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toCategory, placeOfCategory), 200)
  })
  .openapi(create, async (c) => {
    const { actor, db } = c.var
    const [id, sent] = [newId(), c.req.valid('json')]
    const work = [putCategory(actor, id, sent)]
    const [[row]] = await once(c, db, sent, { work, told: [categoryById(actor, id)] }, { conflicts: nameConflicts })
    const category = row ?? categoryNotFound.raise()
    return resource(c, category.revision, toCategory(category), { status: 201, headers: locationOf(category.id) })
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([categoryById(c.var.actor, c.req.valid('param').id)])
    const category = row ?? categoryNotFound.raise()
    return resource(c, category.revision, toCategory(category))
  })
  .openapi(put, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const byId = categoryById(actor, id)
    const [[before], [after]] = await db
      .guardedBy(...preconditionGuards(c, categoryRevision(actor, id)))
      .tell(
        { asked: [byId], work: [putCategory(actor, id, c.req.valid('json'))], told: [byId] },
        { conflicts: nameConflicts },
      )
    const category = after ?? categoryNotFound.raise()
    const created = { status: 201 as const, headers: locationOf(id) }
    return resource(c, category.revision, toCategory(category), before ? {} : created)
  })
  .openapi(update, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const [[row]] = await db
      .guardedBy(...preconditionGuards(c, categoryRevision(actor, id)))
      .tell(
        { asked: [], work: [updateCategory(actor, id, c.req.valid('json'))], told: [categoryById(actor, id)] },
        { conflicts: nameConflicts },
      )
    const category = row ?? categoryNotFound.raise()
    return resource(c, category.revision, toCategory(category))
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const { moveTo } = c.req.valid('query')
    const to = moveTo ?? id
    const [, , , [row]] = await db
      .guardedBy(...preconditionGuards(c, categoryRevision(actor, id)), ...destinationGuards(actor, id, moveTo))
      .write(
        [
          moveExpenses(actor, id, to),
          moveBudgets(actor, id, to),
          dropBudgets(actor, id, to),
          deleteCategory(actor, id),
        ],
        { conflicts: { [CATEGORY_NOT_LIVE]: categoryNotLive('query', '/moveTo'), 'FOREIGN KEY': categoryInUse } },
      )
    return row ? c.body(null, 204) : categoryNotFound.raise()
  })
