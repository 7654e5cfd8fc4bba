import { resource } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { problems } from '../../http/problems.ts'
import { answer, body, createdAnswer, createRouter, notModified, resourceAnswer, userRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { newId } from '../../shared/ids.ts'
import { dropBudgets, moveBudgets } from '../budgets/queries.ts'
import { categoryInUse, categoryNameTaken, categoryNotFound, categoryNotLive, nameConflicts } from './problems.ts'
import {
  CATEGORY_NOT_LIVE,
  categoryById,
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
  request: { body: body(NewCategory) },
  responses: {
    201: createdAnswer('The category, with the id that the server gave it', Category),
    ...problems(categoryNameTaken),
  },
})

const get = userRoute({
  method: 'get',
  path: '/v1/categories/{id}',
  operationId: 'getCategory',
  summary: 'Get a category',
  tags,
  request: byId,
  responses: { 200: resourceAnswer('The category', Category), 304: notModified, ...problems(categoryNotFound) },
})

const put = userRoute({
  method: 'put',
  path: '/v1/categories/{id}',
  operationId: 'putCategory',
  summary: 'Create or replace a category',
  description: "With an id of the client's own making: sent again, it makes no second one.",
  tags,
  request: { ...byId, body: body(NewCategory) },
  responses: {
    200: resourceAnswer('The category as replaced', Category),
    201: createdAnswer('The category as created', Category),
    ...problems(categoryNameTaken),
  },
})

const update = userRoute({
  method: 'patch',
  path: '/v1/categories/{id}',
  operationId: 'updateCategory',
  summary: 'Change a category',
  description: 'A JSON merge patch (RFC 7396). An archived category takes no new expenses and keeps its past.',
  tags,
  request: { ...byId, body: body(CategoryPatch) },
  responses: {
    200: resourceAnswer('The category as changed', Category),
    ...problems(categoryNotFound, categoryNameTaken),
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
  request: { ...byId, query: DeletionQuery },
  responses: { 204: { description: 'It is gone' }, ...problems(categoryNotFound, categoryInUse) },
})

export const categoriesRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listCategories(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toCategory, placeOfCategory), 200)
  })
  .openapi(create, async (c) => {
    const [[row]] = await c.var.db.write([putCategory(c.var.actor, newId(), c.req.valid('json'))], nameConflicts)
    const category = toCategory(row ?? categoryNotFound.raise())
    return resource(c, category, 201, locationOf(category.id))
  })
  .openapi(get, async (c) => {
    const [[row]] = await c.var.db.read([categoryById(c.var.actor, c.req.valid('param').id)])
    return resource(c, toCategory(row ?? categoryNotFound.raise()))
  })
  .openapi(put, async (c) => {
    const { id } = c.req.valid('param')
    const [[before], [after]] = await c.var.db.write(
      [categoryById(c.var.actor, id), putCategory(c.var.actor, id, c.req.valid('json'))],
      nameConflicts,
    )
    const category = toCategory(after ?? categoryNotFound.raise())
    return before ? resource(c, category) : resource(c, category, 201, locationOf(id))
  })
  .openapi(update, async (c) => {
    const { id } = c.req.valid('param')
    const [[row]] = await c.var.db.write([updateCategory(c.var.actor, id, c.req.valid('json'))], nameConflicts)
    return resource(c, toCategory(row ?? categoryNotFound.raise()))
  })
  .openapi(remove, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const { moveTo } = c.req.valid('query')
    const to = moveTo ?? id
    const [, , , [row]] = await db
      .guardedBy(...destinationGuards(actor, id, moveTo))
      .write(
        [
          moveExpenses(actor, id, to),
          moveBudgets(actor, id, to),
          dropBudgets(actor, id, to),
          deleteCategory(actor, id),
        ],
        {
          [CATEGORY_NOT_LIVE]: categoryNotLive('query', '/moveTo'),
          'FOREIGN KEY': categoryInUse,
        },
      )
    return row ? c.body(null, 204) : categoryNotFound.raise()
  })
