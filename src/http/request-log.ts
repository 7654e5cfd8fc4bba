import type { AppContext, AppMiddleware } from './context.ts'

/** Writes a line of JSON about `c`'s request. `facts` holds no token, no parameter, no SQL and no stack. */
export const log = (c: AppContext, level: 'info' | 'error', facts: Record<string, unknown>) => {
  const { method, path } = c.req
  console[level](JSON.stringify({ level, requestId: c.var.requestId, method, path, ...facts }))
}

/** One line for each request: what was asked, what was answered, and what it cost in the database. */
export const requestLog: AppMiddleware = async (c, next) => {
  await next()
  const { roundTrips, milliseconds } = c.var.databaseUse
  log(c, 'info', { status: c.res.status, roundTrips, databaseMilliseconds: milliseconds })
}

/** Tells the caller how long the database took, and in how many round trips. */
export const serverTiming: AppMiddleware = async (c, next) => {
  await next()
  const { roundTrips, milliseconds } = c.var.databaseUse
  c.header('Server-Timing', `db;dur=${milliseconds};desc="round trips: ${roundTrips}"`)
}
