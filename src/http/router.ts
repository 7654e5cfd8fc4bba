import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import { authenticate } from './auth.ts'
import type { AppEnv, AppMiddleware } from './context.ts'
import {
  bodyTooLarge,
  internalError,
  invalidRequest,
  invalidToken,
  malformedJson,
  problems,
  serviceUnavailable,
  unsupportedMediaType,
} from './problems.ts'
import { refuseInvalid, rememberInputs } from './validation.ts'

/** The name of the security scheme in the document. */
export const BEARER = 'accessToken'

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

const ETag = header('The version of the resource: it changes exactly when the resource does')

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

const NO_QUERY = z.strictObject({})

type UserMiddleware = [AppMiddleware, typeof authenticate]
type Contract = RouteConfig & { operationId: string; summary: string; tags: [string] }

/** Adds what every route has: a query that allows no unknown parameters, and the problems that its input can cause. */
const withDefaults = <R extends Contract>(contract: R): R & { request: NonNullable<RouteConfig['request']> } => ({
  ...contract,
  request: { query: NO_QUERY, ...contract.request },
  responses: {
    ...problems(invalidRequest, serviceUnavailable, internalError),
    ...contract.responses,
    ...(contract.request?.body && problems(malformedJson, bodyTooLarge, unsupportedMediaType)),
  },
})

/** A route that needs no authentication. */
export const publicRoute = <R extends Contract>(contract: R): R & { middleware: AppMiddleware } => {
  const route = withDefaults(contract)
  const middleware = rememberInputs(route.request)
  return createRoute({ ...route, security: [], middleware })
}

/** A route for an authenticated user: its handler has `c.var.actor`, and a `c.var.db` that checks the session. */
export const userRoute = <R extends Contract>(contract: R): R & { middleware: UserMiddleware } => {
  const route = withDefaults(contract)
  const responses = { ...route.responses, ...problems(invalidToken) }
  const middleware: UserMiddleware = [rememberInputs(route.request), authenticate]
  return createRoute({ ...route, responses, security: [{ [BEARER]: [] }], middleware })
}

/** An app for the routes of one module. */
export const createRouter = () => new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
