import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type * as z from 'zod'
import type { ProblemDefinition } from '../shared/problem.ts'
import type { Scope } from './api-token.ts'
import { authenticate, authenticateSession } from './auth.ts'
import { checkBody } from './body.ts'
import type { AppEnv, AppMiddleware, Inputs, SessionEnv, UserEnv } from './context.ts'
import { type Deprecation, deprecationHeaders } from './deprecation.ts'
import { PathRouter } from './path-router.ts'
import {
  bodyTooLarge,
  insufficientScope,
  internalError,
  invalidRequest,
  invalidToken,
  malformedJson,
  serviceUnavailable,
  tooManyRequests,
  unsupportedMediaType,
} from './problems.ts'
import { count, policyOf, type Quota } from './rate-limit.ts'
import { checkQuery, refuseInvalid } from './validation.ts'

/** The names of the security schemes in the document. */
export const [ACCESS_TOKEN, API_TOKEN] = ['accessToken', 'apiToken'] as const

type Json<T> = { 'application/json': { schema: T } }

/** A required request body of JSON. */
export const body = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

const header = (description: string, required = true) => ({
  description,
  required,
  schema: { type: 'string' as const },
})

const ETag = header('The version of the resource: it changes whenever the resource does')

/** An answer with JSON, by an `answerSchema`. */
export const answer = <T extends z.ZodType>(description: string, schema: () => T) => ({
  description,
  get content(): Json<T> {
    return { 'application/json': { schema: schema() } }
  },
})

/** An answer by `resource` of http/etag, with an ETag. */
export const resourceAnswer = <T extends z.ZodType>(description: string, schema: () => T) =>
  Object.assign(answer(description, schema), { headers: { ETag } })

/** An answer with a created resource, with an ETag and a Location. */
export const createdAnswer = <T extends z.ZodType>(description: string, schema: () => T) =>
  Object.assign(answer(description, schema), { headers: { ETag, Location: header('The path of the resource') } })

/** The same answer, of a route that takes an idempotency key. */
export const replayableAnswer = <T extends object>(answered: T) =>
  Object.assign(answered, {
    headers: {
      ...('headers' in answered && (answered.headers as object)),
      'Idempotency-Replayed': header('`true` if this is the stored first answer to the key', false),
    },
  })

/** The answer of a GET to a client whose copy is still good. */
export const notModified = { description: 'The copy that `If-None-Match` names is still current', headers: { ETag } }

type PublicMiddleware = [AppMiddleware]
type UserMiddleware = [...PublicMiddleware, MiddlewareHandler<UserEnv>, MiddlewareHandler<UserEnv>]
type SessionMiddleware = [...PublicMiddleware, MiddlewareHandler<SessionEnv>, MiddlewareHandler<UserEnv>]
type Contract = RouteConfig & {
  operationId: string
  summary: string
  tags: [string]
  /** What the route refuses with, besides those that `documentationOf` adds. */
  problems?: ProblemDefinition[]
}

type Limits = {
  /** The quotas that the handler counts itself. */
  quotas?: Quota[]
  /**
   * A read of a user that costs much, or a write that may hold up the writes of others: always, or if the query has one
   * of these parameters. It has a quota of its own.
   */
  expensive?: true | string[]
  /** How large the body may be, if not as large as that of any other route. */
  maxBodyBytes?: number
  /** Where clients should use something else: the document says so, and every answer. */
  deprecated?: Deprecation
}

/** Those of a route that needs no authentication; the document tells of the same of every route. */
export type PublicLimits = Pick<Limits, 'quotas' | 'deprecated'>

/** The headers that each answer of a route has. */
const headersOf = ({ quotas = [], deprecated }: PublicLimits): Record<string, string> => ({
  ...(quotas.length > 0 && { 'RateLimit-Policy': policyOf(quotas) }),
  ...(deprecated && deprecationHeaders(deprecated)),
})

/**
 * What every route begins with: its quotas, and that it is deprecated, are in the headers of each of its answers, and the
 * body and the query are checked as far as that is the same for all routes.
 */
const receive = (inputs: Inputs, limits: Limits): AppMiddleware => {
  const headers = Object.entries(headersOf(limits))
  const check = checkBody(limits.maxBodyBytes)
  return (c, next) => {
    for (const [name, value] of headers) c.header(name, value)
    c.set('inputs', inputs)
    return check(c, () => checkQuery(c, next))
  }
}

/** The quotas against which each request of a user to a route counts, and those for the expensive ones. */
const quotasOf = (
  method: RouteConfig['method'],
  expensive: Limits['expensive'],
): Record<'each' | 'costly', Quota[]> => {
  const [each, costly]: [Quota[], Quota] = method === 'get' ? [[], 'expensiveReads'] : [['writes'], 'expensiveWrites']
  return { each, costly: expensive ? [costly] : [] }
}

/** Counts a request of the actor's. */
const countUse =
  ({ each, costly }: ReturnType<typeof quotasOf>, expensive: Limits['expensive']): MiddlewareHandler<UserEnv> =>
  async (c, next) => {
    const isCostly = !Array.isArray(expensive) || expensive.some((name) => c.req.query(name) !== undefined)
    for (const quota of isCostly ? [...each, ...costly] : each) {
      await count(c.get('config'), quota, c.get('countedAs'))
    }
    await next()
  }

/** What the document tells of a route besides its contract: see document-responses.ts. */
export type Documentation = { problems: ProblemDefinition[]; limits: PublicLimits }

/** Adds to the problems of a route those that any input can cause, those of its limits, and those `ofTokens`. */
const documentationOf = (
  { request, problems = [] }: Contract,
  limits: PublicLimits,
  ofTokens: ProblemDefinition[] = [],
): Documentation => ({
  problems: [
    invalidRequest,
    serviceUnavailable,
    internalError,
    ...(limits.quotas?.length ? [tooManyRequests] : []),
    ...(request?.body ? [malformedJson, bodyTooLarge, unsupportedMediaType] : []),
    ...ofTokens,
    ...problems,
  ],
  limits,
})

/** A route that needs no authentication. */
export const publicRoute = <R extends Contract>(
  contract: R,
  limits: PublicLimits = {},
): R & { middleware: PublicMiddleware } => {
  const middleware: PublicMiddleware = [receive(contract.request ?? {}, limits)]
  return createRoute({ ...contract, ...documentationOf(contract, limits), security: [], middleware })
}

/** A route for users, and what its requests count against. */
const forUsers = <R extends Contract>(contract: R, limits: Limits, further: Quota[]) => {
  const counted = quotasOf(contract.method, limits.expensive)
  const quotas = [...counted.each, ...counted.costly, ...(limits.quotas ?? []), ...further]
  const all = { ...limits, quotas }
  return {
    route: { ...contract, ...documentationOf(contract, all, [invalidToken, insufficientScope]) },
    receiving: receive(contract.request ?? {}, all),
    counting: countUse(counted, limits.expensive),
  }
}

/**
 * A route for an authenticated user: its handler has `c.var.actor`, and a `c.var.db` that checks the session or the API
 * token, which needs one of `scopes`. Whatever is not a read is counted as a write.
 */
export const userRoute = <R extends Contract>(
  scopes: [Scope, ...Scope[]],
  contract: R,
  limits: Limits = {},
): R & { middleware: UserMiddleware } => {
  const { route, receiving, counting } = forUsers(contract, limits, ['unknownTokens'])
  const middleware: UserMiddleware = [receiving, authenticate(scopes), counting]
  const security = [{ [ACCESS_TOKEN]: [] }, ...scopes.map((scope) => ({ [API_TOKEN]: [scope] }))]
  return createRoute({ ...route, security, middleware })
}

/** The same, for a user who is logged in: no API token will do, whatever its scopes are. */
export const sessionRoute = <R extends Contract>(
  contract: R,
  limits: Limits = {},
): R & { middleware: SessionMiddleware } => {
  const { route, receiving, counting } = forUsers(contract, limits, [])
  const middleware: SessionMiddleware = [receiving, authenticateSession, counting]
  return createRoute({ ...route, security: [{ [ACCESS_TOKEN]: [] }], middleware })
}

/** An app for the routes of one module. */
export const createRouter = () => new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid, router: new PathRouter() })
