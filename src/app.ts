import './http/zod.ts'
import { methodNotAllowed as refuseMethod } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { readConfig } from './config.ts'
import { connect } from './db/client.ts'
import { createDatabase } from './db/transaction.ts'
import { limitBody, requireUtf8 } from './http/body.ts'
import type { AppMiddleware } from './http/context.ts'
import { docsRoutes } from './http/docs.ts'
import { answerProblem } from './http/errors.ts'
import { crossOrigin, noStore, securityHeaders } from './http/headers.ts'
import { methodNotAllowed, notFound } from './http/problems.ts'
import { requestLog, serverTiming } from './http/request-log.ts'
import { createRouter } from './http/router.ts'
import { sessionLives } from './modules/sessions/queries.ts'
import { modules } from './modules.ts'

/** Gives the request its configuration and its database, to which nothing is sent yet. */
const provide: AppMiddleware = async (c, next) => {
  const config = readConfig(c.env)
  c.set('config', config)
  c.set('db', createDatabase(connect(config.database, c.var.databaseUse)))
  c.set('sessionGuard', sessionLives)
  await next()
}

const countDatabaseUse: AppMiddleware = async (c, next) => {
  c.set('databaseUse', { roundTrips: 0, milliseconds: 0 })
  await next()
}

/** The whole API: what every request passes, in order, and then the routes. */
export const createApp = () => {
  const app = createRouter()
  app.onError((error, c) => answerProblem(error, c))
  app.notFound((c) => answerProblem(notFound(), c))

  app.use(requestId({ limitLength: 128 }), countDatabaseUse, requestLog, serverTiming, securityHeaders, noStore)
  app.use(provide, crossOrigin)
  app.use(
    refuseMethod({
      app,
      onMethodNotAllowed: (c, methods) => {
        const headers = { Allow: methods.join(', ') }
        return c.req.method === 'OPTIONS'
          ? new Response(null, { status: 204, headers })
          : answerProblem(methodNotAllowed({ headers }), c)
      },
    }),
  )
  app.use(limitBody, requireUtf8)

  for (const routes of [...modules, docsRoutes]) app.route('/', routes)
  return app
}
