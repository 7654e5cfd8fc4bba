import { HTTPException } from 'hono/http-exception'
import { ConfigError } from '../config.ts'
import { ConstraintError, DatabaseError } from '../db/errors.ts'
import { ProblemError } from '../shared/problem.ts'
import type { AppContext, Failure } from './context.ts'
import { describe, internalError, malformedJson, serviceUnavailable, unsupportedMediaType } from './problems.ts'
import { encodedPath } from './request-log.ts'

/** The Retry-After of a 503, in seconds. */
const RETRY_AFTER_S = '2'

/** The stack without the error's message, which may contain user data. */
const framesOf = ({ stack = '' }: Error) => stack.split('\n').filter((line) => /^\s+at /.test(line))

/** What caused an unexpected error, as far as it is safe to log. */
export const causeOf = (error: unknown): NonNullable<Failure['cause']> => {
  if (error instanceof ConfigError) return { class: 'ConfigError', names: error.names }
  if (error instanceof DatabaseError) return { class: 'DatabaseError', code: error.code, statement: error.statement }
  const constraint = error instanceof ConstraintError && { constraint: error.constraint, statement: error.statement }
  const cause = error instanceof Error ? { class: error.name, stack: framesOf(error) } : { class: typeof error }
  return { ...cause, ...constraint }
}

type Outcome = { problem: ProblemError; cause?: Failure['cause'] }

/** The problem that an error maps to. The cause of an unexpected one is logged, and its answer reveals nothing of it. */
const toOutcome = (error: unknown): Outcome => {
  if (error instanceof ProblemError) return { problem: error, cause: error.occurrence.cause }
  if (error instanceof HTTPException && error.status === 400) return { problem: malformedJson() }
  if (error instanceof HTTPException && error.status === 415) return { problem: unsupportedMediaType() }
  // Database and configuration errors may be temporary, so the client may retry; anything else is a bug.
  const isTemporary = error instanceof DatabaseError || error instanceof ConfigError
  return { problem: isTemporary ? serviceUnavailable() : internalError(), cause: causeOf(error) }
}

const headersFor = (status: number): Record<string, string> => {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer realm="outlay"' }
  if (status === 503) return { 'Retry-After': RETRY_AFTER_S }
  return {}
}

/** Responds with the problem document (RFC 9457) of a thrown error. */
export const answerProblem = (error: unknown, c: AppContext): Response => {
  const { problem, cause } = toOutcome(error)
  const { definition, occurrence } = problem
  const { type, title, status, detail, code } = describe(definition)
  c.set('failure', { code, cause })
  const body = {
    type,
    title,
    status,
    detail: occurrence.detail ?? detail,
    instance: encodedPath(c),
    code,
    requestId: c.var.requestId,
    errors: occurrence.errors,
    ...occurrence.members,
  }
  return c.json(body, status, {
    ...headersFor(status),
    ...occurrence.headers,
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  })
}
