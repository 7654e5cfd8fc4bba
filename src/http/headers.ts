import { cors } from 'hono/cors'
import type { AppContext, AppMiddleware } from './context.ts'

const allowListed = (origin: string, c: AppContext) => (c.var.config.corsOrigins.includes(origin) ? origin : null)

const share = cors({
  origin: allowListed,
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'X-Request-Id'],
  exposeHeaders: [
    'Allow',
    'Content-Disposition',
    'Deprecation',
    'ETag',
    'Idempotency-Replayed',
    'Link',
    'Location',
    'RateLimit',
    'RateLimit-Policy',
    'Retry-After',
    'Server-Timing',
    'Sunset',
    'WWW-Authenticate',
    'X-Request-Id',
  ],
  maxAge: 86_400,
})

/**
 * Lets browser front ends of the origins in the configuration call the API, and read every header that it sends. What
 * no page of another origin has sent is not for it, nor an OPTIONS that is no preflight: Hono's CORS would answer that too.
 */
export const crossOrigin: AppMiddleware = (c, next) => {
  const isPlainOptions = c.req.method === 'OPTIONS' && !c.req.header('Access-Control-Request-Method')
  return isPlainOptions || !c.req.header('Origin') ? next() : share(c, next)
}

/**
 * The headers of every answer, set before it is made, so that they cost one Response. A route that has better ones, for
 * an ETag, sets them over these. A Content-Security-Policy is for pages: /apidocs, the only one, has its own.
 */
export const setDefaultHeaders = (c: AppContext) => {
  c.header('Cache-Control', 'no-store')
  c.header('Strict-Transport-Security', 'max-age=15552000; includeSubDomains')
  c.header('X-Content-Type-Options', 'nosniff')
}
