import { HTTPException } from 'hono/http-exception'
import { ConfigError } from '../config.ts'
import { ConstraintError, DatabaseError } from '../db/errors.ts'
import { ProblemError } from '../shared/problem.ts'
import type { AppContext } from './context.ts'
import { describe, internalError, malformedJson, serviceUnavailable, unsupportedMediaType } from './problems.ts'
import { log } from './request-log.ts'

/** Seconds after which a request that could not be served is worth repeating. */
const RETRY_AFTER = '2'

/** Where an exception of ours was thrown: the stack without the message, which can hold anything. */
const framesOf = ({ stack = '' }: Error) => stack.split('\n').filter((line) => /^\s+at /.test(line))

/** What is known of a failure that may stand in a log. */
const factsOf = (error: unknown): Record<string, unknown> => {
  if (error instanceof ConfigError) return { misconfigured: error.names }
  if (error instanceof DatabaseError) return { reason: error.reason }
  const constraint = error instanceof ConstraintError ? { constraint: error.constraint } : {}
  return error instanceof Error
    ? { error: error.name, ...constraint, stack: framesOf(error) }
    : { error: typeof error, ...constraint }
}

/** The problem that an error stands for; a failure of ours is logged and tells the caller nothing of itself. */
const toProblem = (error: unknown, c: AppContext): ProblemError => {
  if (error instanceof ProblemError) return error
  if (error instanceof HTTPException && error.status === 400) return malformedJson()
  if (error instanceof HTTPException && error.status === 415) return unsupportedMediaType()
  log(c, 'error', factsOf(error))
  // What may pass is worth another try; a fault of ours is not.
  return error instanceof DatabaseError || error instanceof ConfigError ? serviceUnavailable() : internalError()
}

const headersFor = (status: number): Record<string, string> => {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer realm="outlay"' }
  if (status === 503) return { 'Retry-After': RETRY_AFTER }
  return {}
}

/** Answers with the problem document (RFC 9457) of whatever was thrown. */
export const answerProblem = (error: unknown, c: AppContext): Response => {
  const { definition, occurrence } = toProblem(error, c)
  const { type, title, status, detail, code } = describe(definition)
  const body = {
    type,
    title,
    status,
    detail: occurrence.detail ?? detail,
    instance: new URL(c.req.url).pathname,
    code,
    requestId: c.var.requestId,
    errors: occurrence.errors,
  }
  return c.json(body, status, {
    ...headersFor(status),
    ...occurrence.headers,
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  })
}
