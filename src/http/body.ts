import { bodyLimit } from 'hono/body-limit'
import { ProblemError } from '../shared/problem.ts'
import type { AppMiddleware } from './context.ts'
import { bodyTooLarge, malformedJson } from './problems.ts'

/** How large a body may be, unless its route says otherwise: 64 KiB. */
const MAX_BYTES = 64 * 1024

const IS_MISSING = 'The request must have a body of JSON, `{}` at least.'

/**
 * Refuses a body that is missing, is too large, whether its length is declared or not, breaks off or is not UTF-8, which a
 * JSON parser would take with its text replaced, on the methods that have one.
 */
export const checkBody = (maxBytes = MAX_BYTES): AppMiddleware => {
  const limitBody: AppMiddleware = bodyLimit({ maxSize: maxBytes, onError: () => bodyTooLarge.raise() })
  const checkSent: AppMiddleware = async (c, next) => {
    if (c.get('inputs').body && !c.req.raw.body && !c.req.header('Content-Type'))
      throw malformedJson({ detail: IS_MISSING })
    try {
      await limitBody(c, async () => {})
      new TextDecoder('utf-8', { fatal: true }).decode(await c.req.arrayBuffer())
    } catch (error) {
      throw error instanceof ProblemError ? error : malformedJson()
    }
    await next()
  }
  return (c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : checkSent(c, next))
}
