import { toPage } from '../../http/pagination.ts'
import { answer, createRouter, sessionRoute } from '../../http/router.ts'
import { IdParam } from '../../http/schema.ts'
import { sessionNotFound } from './problems.ts'
import { deleteOtherSessions, deleteSession, listSessions, placeOfSession, sessionExists } from './queries.ts'
import { SessionPage, SessionQuery, toActiveSession } from './schema.ts'

const tags: [string] = ['Sessions']

const logout = sessionRoute({
  method: 'post',
  path: '/v1/auth/logout',
  operationId: 'logout',
  summary: 'Log out',
  description: 'Ends the session of this request. Its tokens are refused from the next call on.',
  tags,
  responses: { 204: { description: 'The session has ended' } },
})

const list = sessionRoute({
  method: 'get',
  path: '/v1/auth/sessions',
  operationId: 'listSessions',
  summary: 'List sessions',
  description: 'Where you are logged in, newest first.',
  tags,
  request: { query: SessionQuery },
  responses: { 200: answer('A page of sessions', SessionPage) },
})

const revoke = sessionRoute({
  method: 'delete',
  path: '/v1/auth/sessions/{id}',
  operationId: 'revokeSession',
  summary: 'End a session',
  description: 'Its tokens are refused from the next call on.',
  tags,
  request: { params: IdParam },
  responses: { 204: { description: 'The session has ended' } },
  problems: [sessionNotFound],
})

const revokeOthers = sessionRoute({
  method: 'delete',
  path: '/v1/auth/sessions',
  operationId: 'revokeOtherSessions',
  summary: 'End all other sessions',
  description: 'Ends every session but that of this request.',
  tags,
  responses: { 204: { description: 'The other sessions have ended' } },
})

export const sessionsRoutes = createRouter()
  .openapi(logout, async (c) => {
    await c.var.db.transaction({ write: [deleteSession(c.var.actor, c.var.actor.sessionId)] })
    return c.body(null, 204)
  })
  .openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { sessions } = await c.var.db.read({ sessions: listSessions(c.var.actor, query) })
    return c.json(toPage(sessions, query.limit, toActiveSession(c.var.actor.sessionId), placeOfSession), 200)
  })
  .openapi(revoke, async (c) => {
    const { actor, db } = c.var
    const { id } = c.req.valid('param')
    await db.transaction({ guards: [sessionExists(actor, id)], write: [deleteSession(actor, id)] })
    return c.body(null, 204)
  })
  .openapi(revokeOthers, async (c) => {
    await c.var.db.transaction({ write: [deleteOtherSessions(c.var.actor)] })
    return c.body(null, 204)
  })
