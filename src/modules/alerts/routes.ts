import { resource } from '../../http/etag.ts'
import { toPage } from '../../http/pagination.ts'
import { problems } from '../../http/problems.ts'
import { answer, body, createRouter, resourceAnswer, userRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { alertNotFound } from './problems.ts'
import { listAlerts, placeOfAlert, updateAlert } from './queries.ts'
import { Alert, AlertPage, AlertPatch, AlertQuery, toAlert } from './schema.ts'

const tags: [string] = ['Alerts']

const list = userRoute({
  method: 'get',
  path: '/v1/alerts',
  operationId: 'listAlerts',
  summary: 'List alerts',
  description:
    'Newest first. The write that makes the spending of a line reach one of its `alertPercents` raises an alert, in ' +
    'the same transaction and once: to raise the limit and cross it again raises no second one.',
  tags,
  request: { query: AlertQuery },
  responses: { 200: answer('A page of alerts', AlertPage) },
})

const update = userRoute({
  method: 'patch',
  path: '/v1/alerts/{id}',
  operationId: 'updateAlert',
  summary: 'Mark an alert as read',
  tags,
  request: { params: IdParam, body: body(AlertPatch) },
  responses: { 200: resourceAnswer('The alert as changed', Alert), ...problems(alertNotFound) },
})

export const alertsRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listAlerts(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toAlert, placeOfAlert), 200)
  })
  .openapi(update, async (c) => {
    const [[row]] = await c.var.db.write([updateAlert(c.var.actor, c.req.valid('param').id, c.req.valid('json'))])
    return resource(c, toAlert(row ?? alertNotFound.raise()))
  })
