import { bodyLimit } from 'hono/body-limit'
import { ProblemError } from '../shared/problem.ts'
import type { AppMiddleware } from './context.ts'
import { bodyTooLarge, malformedJson } from './problems.ts'

/** Refuses a body over 64 KiB, whether its length is declared or not. */
const limitBody: AppMiddleware = bodyLimit({
  maxSize: 64 * 1024,
  onError: () => bodyTooLarge.raise(),
})

const IS_MISSING = 'The request must have a body of JSON, `{}` at least.'

/**
 * Refuses a body that is missing, too large, breaks off or is not UTF-8, which a JSON parser would take with its text
 * replaced.
 */
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

/** Checks the body as `checkSent` does, on the methods that have one. */
export const checkBody: AppMiddleware = (c, next) =>
  c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : checkSent(c, next)
