import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import type { AppContext, AppMiddleware } from './context.ts'

const allowListed = (origin: string, c: AppContext) => (c.var.config.corsOrigins.includes(origin) ? origin : null)

const share = cors({
  origin: allowListed,
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'X-Request-Id'],
  exposeHeaders: [
    'Allow',
    'ETag',
    'Idempotency-Replayed',
    'Location',
    'Retry-After',
    'Server-Timing',
    'WWW-Authenticate',
    'X-Request-Id',
  ],
  maxAge: 86_400,
})

/**
 * Lets browser front ends of the origins in the configuration call the API, and read every header that it sends. An
 * OPTIONS that is no preflight is not for it: Hono's CORS would answer that too.
 */
export const crossOrigin: AppMiddleware = (c, next) => {
  const isPlainOptions = c.req.method === 'OPTIONS' && !c.req.header('Access-Control-Request-Method')
  return isPlainOptions ? next() : share(c, next)
}

/** Forbids a browser to load, run or frame anything by an answer, unless its route sets a policy of its own. */
export const securityHeaders = secureHeaders({
  xFrameOptions: 'DENY',
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  overwrite: false,
})

/** Keeps what has no ETag out of every cache. */
export const noStore: AppMiddleware = async (c, next) => {
  await next()
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
}
