import { toPage } from '../../http/pagination.ts'
import { answer, body, createRouter, userRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { alertNotFound } from './alert-problems.ts'
import { alertById, alertExists, listAlerts, placeOfAlert, readAll, updateAlert } from './alert-queries.ts'
import { Alert, AlertPage, AlertPatch, AlertQuery, AlertsRead, toAlert } from './alert-schema.ts'

const tags: [string] = ['Alerts']

const list = userRoute(['read'], {
  method: 'get',
  path: '/v1/alerts',
  operationId: 'listAlerts',
  summary: 'List alerts',
  description:
    'Newest first. A write raises an alert, in its own transaction, if a line that it touches has then reached one of its ' +
    '`alertPercents`. Each alert is raised once per target, month and percent: raising the limit and crossing it again ' +
    'raises no second one. If a line reaches a threshold through money carried in, or through a limit of an earlier ' +
    'month, the next write that touches the line raises the alert.',
  tags,
  request: { query: AlertQuery },
  responses: { 200: answer('A page of alerts', AlertPage) },
})

const update = userRoute(['write'], {
  method: 'patch',
  path: '/v1/alerts/{id}',
  operationId: 'updateAlert',
  summary: 'Mark an alert as read',
  tags,
  request: { params: IdParam, body: body(AlertPatch) },
  responses: { 200: answer('The changed alert', Alert) },
  problems: [alertNotFound],
})

const readMany = userRoute(['write'], {
  method: 'post',
  path: '/v1/alerts/read',
  operationId: 'readAlerts',
  summary: 'Mark alerts as read',
  description:
    'All until the one that you name, that one included. Idempotent: safe to resend if the response is lost.',
  tags,
  request: { body: body(AlertsRead) },
  responses: { 204: { description: 'They are read' } },
})

export const alertsRoutes = createRouter()
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { alerts } = await c.var.db.read({ alerts: listAlerts(c.var.actor, query) })
    return c.json(toPage(alerts, query.limit, toAlert, placeOfAlert), 200)
  })
  .openapi(update, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    const {
      alert: [alert],
    } = await db.transaction({
      guards: [alertExists(actor, id)],
      write: [updateAlert(actor, id, c.req.valid('json'))],
      after: { alert: alertById(actor, id) },
    })
    return c.json(toAlert(alert ?? alertNotFound.raise()), 200)
  })
  .openapi(readMany, async (c) => {
    const { actor, db } = c.var
    await db.transaction({ write: [readAll(actor, c.req.valid('json').upTo)] })
    return c.body(null, 204)
  })
