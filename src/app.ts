import './http/zod.ts'
import { methodNotAllowed as refuseMethod } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { readConfig } from './config.ts'
import { Client } from './db/client.ts'
import { Database } from './db/database.ts'
import type { AppContext, AppMiddleware } from './http/context.ts'
import { docsRoutes } from './http/docs.ts'
import { answerProblem } from './http/errors.ts'
import { crossOrigin, setDefaultHeaders } from './http/headers.ts'
import { methodNotAllowed, notFound } from './http/problems.ts'
import { account } from './http/request-log.ts'
import { createRouter } from './http/router.ts'
import { sessionLives } from './modules/sessions/queries.ts'
import { tokenGuards } from './modules/tokens/queries.ts'
import { modules } from './modules.ts'

/**
 * Gives the request its configuration and its database, to which nothing is sent yet, and its answer the headers, those
 * for other origins among them.
 */
const prepare: AppMiddleware = (c, next) => {
  setDefaultHeaders(c)
  const config = readConfig(c.env)
  c.set('config', config)
  c.set('db', new Database(new Client(config.database, c.get('databaseUse'))))
  c.set('sessionGuard', sessionLives)
  c.set('tokenGuards', tokenGuards)
  return crossOrigin(c, next)
}

/** Answers a method that a path does not have or, to OPTIONS, which it has. */
const tellMethods = (c: AppContext, methods: string[]) => {
  const headers = { Allow: methods.join(', ') }
  return c.req.method === 'OPTIONS' ? c.body(null, 204, headers) : answerProblem(methodNotAllowed({ headers }), c)
}

/** Refuses all other methods than these. */
const allowOnly =
  (methods: string[]): AppMiddleware =>
  async (c, next) => {
    if (!methods.includes(c.req.method)) return tellMethods(c, methods)
    await next()
  }

/** The whole API: what every request passes, in order, and then the routes. */
export const createApp = () => {
  const app = createRouter()
  app.onError((error, c) => answerProblem(error, c))
  // No middleware, which would cost every request a step: only where no route is found can there be one of other methods.
  const refuseOtherMethods = refuseMethod({ app, onMethodNotAllowed: tellMethods })
  app.notFound(async (c) => {
    await refuseOtherMethods(c, async () => {
      c.res = answerProblem(notFound(), c)
    })
    return c.res
  })

  app.use(requestId({ limitLength: 128 }), account, prepare)

  const routers = [...modules, docsRoutes]
  const routesOf = Map.groupBy(
    routers.flatMap(({ routes }) => routes),
    ({ path }) => path,
  )
  for (const [path, routes] of routesOf) {
    // `refuseMethod` takes `/v1/expenses/batch` for `/v1/expenses/:id`, too, which has other methods.
    if (path.endsWith('/:id') || !routesOf.has(path.replace(/[^/]+$/, ':id'))) continue
    const methods = new Set(routes.map(({ method }) => method))
    app.use(path, allowOnly([...methods, ...(methods.has('GET') ? ['HEAD'] : [])]))
  }
  for (const router of routers) app.route('/', router)
  return app
}
