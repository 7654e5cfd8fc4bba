import type { Context } from 'hono'
import { routePath } from 'hono/route'
import type { DatabaseUse } from '../db/client.ts'
import { now, toInstant } from '../shared/clock.ts'
import type { AppContext, AppMiddleware, Failure } from './context.ts'

/** What may be a token, percent-encoded or not: no id has so many letters and digits in one piece. */
const SECRET = /(?:%[\da-f]{2}|[\da-z]){40,}/gi

/** The path as it was sent, still percent-encoded and without the query string; what may be a token is left out. */
export const encodedPath = ({ req }: Context) => new URL(req.url).pathname.replaceAll(SECRET, '***')

/** The pattern of the route that answered, `/v1/expenses/:id`; null if no route has the path and the method. */
const routeOf = (c: Context) => {
  const pattern = routePath(c)
  return pattern === '/*' ? null : pattern
}

/** What each line tells. No member holds a query string, a token, a value of a body or a header, or SQL. */
const factsOf = (c: Context) => ({
  requestId: c.get('requestId'),
  method: c.req.method,
  route: routeOf(c),
  path: encodedPath(c),
})

/** Writes one line of JSON. */
const log = (c: AppContext, started: number) => {
  const { status } = c.res
  const use = c.get('databaseUse')
  const level = status < 500 ? 'info' : 'error'
  const entry = {
    time: toInstant(started),
    level,
    ...factsOf(c),
    status,
    durationMs: now() - started,
    databaseMs: use.milliseconds,
    roundTrips: use.roundTrips,
    userId: c.get('actor')?.userId,
    ...c.get('failure'),
  }
  console[level](JSON.stringify(entry))
}

/** Writes a second line where an answer breaks off after it has begun, and been logged as a success. */
export const logBreak = (c: Context, cause: Failure['cause']) =>
  console.error(JSON.stringify({ time: toInstant(now()), level: 'error', ...factsOf(c), cause }))

/** How long after a request the isolate counts as quiet. */
const QUIET_AFTER_MS = 100

let latestRequest = 0

/** Whether nobody has asked this isolate for anything just now, so that long work may take longer in one piece. */
export const isQuiet = () => now() - latestRequest > QUIET_AFTER_MS

const serverTimingOf = ({ milliseconds, roundTrips }: DatabaseUse) =>
  `db;dur=${milliseconds};desc="round trips: ${roundTrips}"`

/**
 * Measures the request. The answer tells how long the database took, and in how many round trips; the log gets one line
 * with that, what was asked and what was answered. A successful probe is not logged: it comes every few seconds, tells
 * nothing, and would cost more than its answer.
 */
export const account: AppMiddleware = async (c, next) => {
  const started = now()
  latestRequest = started
  const use = { roundTrips: 0, milliseconds: 0 }
  c.set('databaseUse', use)
  c.header('Server-Timing', serverTimingOf(use))
  await next()
  // An answer that asked nothing of the database keeps what was set before: to reach into a finished one takes longer.
  // Not by `c.header`, which would then make a new answer.
  if (use.roundTrips > 0) c.res.headers.set('Server-Timing', serverTimingOf(use))
  if (!c.get('isProbe') || c.res.status >= 400) log(c, started)
  for (const work of c.get('afterwards') ?? []) c.executionCtx.waitUntil(work())
}
