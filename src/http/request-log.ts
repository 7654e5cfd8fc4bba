import type { AppContext, AppMiddleware } from './context.ts'

/** Logs a line of JSON about the request. `details` must contain no token, no parameter and no SQL. */
export const log = (c: AppContext, level: 'info' | 'error', details: Record<string, unknown>) => {
  const { method, path } = c.req
  console[level](JSON.stringify({ level, requestId: c.var.requestId, method, path, ...details }))
}

/** Logs one line for each request: its path, its status and its use of the database. */
export const requestLog: AppMiddleware = async (c, next) => {
  await next()
  const { roundTrips, milliseconds } = c.var.databaseUse
  log(c, 'info', { status: c.res.status, roundTrips, databaseMilliseconds: milliseconds })
}

/** Sets `Server-Timing` to the time and the round trips that the database took. */
export const serverTiming: AppMiddleware = async (c, next) => {
  await next()
  const { roundTrips, milliseconds } = c.var.databaseUse
  c.header('Server-Timing', `db;dur=${milliseconds};desc="round trips: ${roundTrips}"`)
}
