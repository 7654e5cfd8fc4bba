import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import type { AppContext, AppMiddleware } from './context.ts'

const allowListed = (origin: string, c: AppContext) => (c.var.config.corsOrigins.includes(origin) ? origin : null)

const corsHeaders = cors({
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
 * Lets browser front ends of the configured origins call the API and read its headers. An OPTIONS request that is not a
 * preflight is passed on, because Hono's CORS middleware would answer it.
 */
export const crossOrigin: AppMiddleware = (c, next) => {
  const isPlainOptions = c.req.method === 'OPTIONS' && !c.req.header('Access-Control-Request-Method')
  return isPlainOptions ? next() : corsHeaders(c, next)
}

/** Forbids browsers to load, run or frame anything in a response, unless the route sets its own policy. */
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

/** Forbids caching of every response that sets no `Cache-Control` itself. */
export const noStore: AppMiddleware = async (c, next) => {
  await next()
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
}
