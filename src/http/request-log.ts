import type { AppContext, AppMiddleware } from './context.ts'

/** The part of a request's context that a line of the log needs. */
export type Logged = Pick<AppContext, 'req' | 'var'>

/** Writes a line of JSON about `c`'s request. `facts` holds no token, no parameter, no SQL and no stack. */
export const log = (c: Logged, level: 'info' | 'error', facts: Record<string, unknown>) => {
  const { method, path } = c.req
  console[level](JSON.stringify({ level, requestId: c.var.requestId, method, path, ...facts }))
}

/**
 * Tells the caller how long the database took, and in how many round trips; and the log, in one line for each request,
 * what was asked, what was answered, and what it cost.
 */
export const account: AppMiddleware = async (c, next) => {
  const use = { roundTrips: 0, milliseconds: 0 }
  c.set('databaseUse', use)
  await next()
  c.header('Server-Timing', `db;dur=${use.milliseconds};desc="round trips: ${use.roundTrips}"`)
  log(c, 'info', { status: c.res.status, roundTrips: use.roundTrips, databaseMilliseconds: use.milliseconds })
}
