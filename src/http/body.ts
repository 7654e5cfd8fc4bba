import { bodyLimit } from 'hono/body-limit'
import type { AppMiddleware } from './context.ts'
import { bodyTooLarge, malformedJson } from './problems.ts'

/** Refuses a body over 64 KiB, whether its length is declared or not. */
const limitBody: AppMiddleware = bodyLimit({
  maxSize: 64 * 1024,
  onError: () => bodyTooLarge.raise(),
})

/** Refuses a body that is not UTF-8, which a JSON parser would take with its text replaced. */
const requireUtf8: AppMiddleware = async (c, next) => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(await c.req.arrayBuffer())
  } catch {
    throw malformedJson()
  }
  await next()
}

/** Refuses a body that is too large or no text, on the methods that have one. */
export const checkBody: AppMiddleware = (c, next) =>
  c.req.method === 'GET' || c.req.method === 'HEAD'
    ? next()
    : limitBody(c, async () => void (await requireUtf8(c, next)))
