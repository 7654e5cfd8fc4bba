import { toPage } from '../../http/pagination.ts'
import { problems } from '../../http/problems.ts'
import { answer, createRouter, userRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { sessionNotFound } from './problems.ts'
import { deleteOtherSessions, deleteSession, listSessions, placeOfSession } from './queries.ts'
import { SessionPage, SessionQuery, toActiveSession } from './schema.ts'

const tags: [string] = ['Sessions']

const logout = userRoute({
  method: 'post',
  path: '/v1/auth/logout',
  operationId: 'logout',
  summary: 'Log out',
  description: 'Ends the session of this request. Its access token is refused from the next call on.',
  tags,
  responses: { 204: { description: 'The session has ended' } },
})

const list = userRoute({
  method: 'get',
  path: '/v1/auth/sessions',
  operationId: 'listSessions',
  summary: 'List sessions',
  description: 'Where the user is logged in, newest first.',
  tags,
  request: { query: SessionQuery },
  responses: { 200: answer('A page of sessions', SessionPage) },
})

const revoke = userRoute({
  method: 'delete',
  path: '/v1/auth/sessions/{id}',
  operationId: 'revokeSession',
  summary: 'End a session',
  description: 'Its tokens are refused from the next call on.',
  tags,
  request: { params: IdParam },
  responses: { 204: { description: 'The session has ended' }, ...problems(sessionNotFound) },
})

const revokeOthers = userRoute({
  method: 'delete',
  path: '/v1/auth/sessions',
  operationId: 'revokeOtherSessions',
  summary: 'End all other sessions',
  description: 'All but the session of this request.',
  tags,
  responses: { 204: { description: 'The other sessions have ended' } },
})

export const sessionsRoutes = createRouter()
  .openapi(logout, async (c) => {
    await c.var.db.write([deleteSession(c.var.actor, c.var.actor.sessionId)])
    return c.body(null, 204)
  })
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const [rows] = await c.var.db.read([listSessions(c.var.actor, query)])
    return c.json(toPage(rows, query.limit, toActiveSession(c.var.actor.sessionId), placeOfSession), 200)
  })
  .openapi(revoke, async (c) => {
    const [[session]] = await c.var.db.write([deleteSession(c.var.actor, c.req.valid('param').id)])
    return session ? c.body(null, 204) : sessionNotFound.raise()
  })
  .openapi(revokeOthers, async (c) => {
    await c.var.db.write([deleteOtherSessions(c.var.actor)])
    return c.body(null, 204)
  })
