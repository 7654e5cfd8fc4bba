import { HTTPException } from 'hono/http-exception'
import { ConfigError } from '../config.ts'
import { ConstraintError, DatabaseError } from '../db/errors.ts'
import { ProblemError } from '../shared/problem.ts'
import type { AppContext } from './context.ts'
import { describe, internalError, malformedJson, serviceUnavailable, unsupportedMediaType } from './problems.ts'
import { type Logged, log } from './request-log.ts'

/** The Retry-After of a 503, in seconds. */
const RETRY_AFTER_S = '2'

/** The stack without the error's message, which may contain user data. */
const framesOf = ({ stack = '' }: Error) => stack.split('\n').filter((line) => /^\s+at /.test(line))

/** The details of an error that are safe to log. */
const loggableDetails = (error: unknown): Record<string, unknown> => {
  if (error instanceof ConfigError) return { misconfigured: error.names }
  if (error instanceof DatabaseError) return { reason: error.reason }
  const constraint = error instanceof ConstraintError ? { constraint: error.constraint } : {}
  return error instanceof Error
    ? { error: error.name, ...constraint, stack: framesOf(error) }
    : { error: typeof error, ...constraint }
}

/** Logs an unexpected error. */
export const logFailure = (c: Logged, error: unknown) => log(c, 'error', loggableDetails(error))

/** The problem that an error maps to. An unexpected error is logged, and its response reveals no details. */
const toProblem = (error: unknown, c: AppContext): ProblemError => {
  if (error instanceof ProblemError) return error
  if (error instanceof HTTPException && error.status === 400) return malformedJson()
  if (error instanceof HTTPException && error.status === 415) return unsupportedMediaType()
  logFailure(c, error)
  // Database and configuration errors may be temporary, so the client may retry; anything else is a bug.
  return error instanceof DatabaseError || error instanceof ConfigError ? serviceUnavailable() : internalError()
}

const headersFor = (status: number): Record<string, string> => {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer realm="outlay"' }
  if (status === 503) return { 'Retry-After': RETRY_AFTER_S }
  return {}
}

/** Responds with the problem document (RFC 9457) of a thrown error. */
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
