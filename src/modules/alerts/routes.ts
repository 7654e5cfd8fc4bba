import { toPage } from '../../http/pagination.ts'
import { problems } from '../../http/problems.ts'
import { answer, body, createRouter, userRoute } from '../../http/router.ts'
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
    'Newest first. A write after which a line that it touches has reached one of its `alertPercents` raises the alert, ' +
    'in the same transaction and once: to raise the limit and cross it again raises no second one. Where a line comes ' +
    'past one by what is carried in, or by a limit of an earlier month, the next write that touches it raises the alert.',
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
  responses: { 200: answer('The alert as changed', Alert), ...problems(alertNotFound) },
})

export const alertsRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listAlerts(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toAlert, placeOfAlert), 200)
  })
  .openapi(update, async (c) => {
    const [[row]] = await c.var.db.write([updateAlert(c.var.actor, c.req.valid('param').id, c.req.valid('json'))])
    return c.json(toAlert(row ?? alertNotFound.raise()), 200)
  })
