import { bodyLimit } from 'hono/body-limit'
import type { AppMiddleware } from './context.ts'
import { bodyTooLarge, malformedJson } from './problems.ts'

/** Refuses a body over 64 KiB, with or without a Content-Length. */
export const limitBody: AppMiddleware = bodyLimit({
  maxSize: 64 * 1024,
  onError: () => bodyTooLarge.raise(),
})

/** Refuses a body that is not UTF-8: a JSON parser would accept it with replacement characters. */
export const requireUtf8: AppMiddleware = async (c, next) => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(await c.req.arrayBuffer())
  } catch {
    throw malformedJson()
  }
  await next()
}
