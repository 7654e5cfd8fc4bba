import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import { authenticate } from './auth.ts'
import type { AppEnv, AppMiddleware } from './context.ts'
import {
  bodyTooLarge,
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

/** A request body, which must be there. */
export const body = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

const header = (description: string, required = true) => ({
  description,
  required,
  schema: { type: 'string' as const },
})

const ETag = header('Changes exactly when the resource does')

/** An answer with JSON, by an `answerSchema`. */
export const answer = <T extends z.ZodType>(description: string, schema: () => T) => ({
  description,
  get content(): Json<T> {
    return { 'application/json': { schema: schema() } }
  },
})

/** An answer with a resource by `http/etag`: it has an ETag. */
export const resourceAnswer = <T extends z.ZodType>(description: string, schema: () => T) =>
  Object.assign(answer(description, schema), { headers: { ETag } })

/** An answer with a resource that was not there before: it has an ETag and says where it is. */
export const createdAnswer = <T extends z.ZodType>(description: string, schema: () => T) =>
  Object.assign(answer(description, schema), { headers: { ETag, Location: header('The path of the resource') } })

/** The same answer, of a route that takes an idempotency key. */
export const onceAnswer = <T extends object>(answered: T) =>
  Object.assign(answered, {
    headers: {
      ...('headers' in answered && (answered.headers as object)),
      'Idempotency-Replayed': header('`true` where it is the first answer to this key, told again', false),
    },
  })

/** The answer of a GET to a client whose copy is still good. */
export const notModified = { description: 'The copy that If-None-Match names is still good', headers: { ETag } }

const NO_QUERY = z.strictObject({})

type UserMiddleware = [AppMiddleware, typeof authenticate]
type Contract = RouteConfig & { operationId: string; summary: string; tags: [string] }

/** Adds what every route has: no query member that it does not name, and the problems of its kind of input. */
const complete = <R extends Contract>(contract: R): R & { request: NonNullable<RouteConfig['request']> } => ({
  ...contract,
  request: { query: NO_QUERY, ...contract.request },
  responses: {
    ...problems(invalidRequest, serviceUnavailable),
    ...contract.responses,
    ...(contract.request?.body && problems(malformedJson, bodyTooLarge, unsupportedMediaType)),
  },
})

/** A route for everybody. */
export const publicRoute = <R extends Contract>(contract: R): R & { middleware: AppMiddleware } => {
  const whole = complete(contract)
  const middleware = rememberInputs(whole.request)
  return createRoute({ ...whole, security: [], middleware })
}

/** A route for a user who is logged in: its handler has `c.var.actor`, and a `c.var.db` that asks for the session. */
export const userRoute = <R extends Contract>(contract: R): R & { middleware: UserMiddleware } => {
  const whole = complete(contract)
  const responses = { ...whole.responses, ...problems(invalidToken) }
  const middleware: UserMiddleware = [rememberInputs(whole.request), authenticate]
  return createRoute({ ...whole, responses, security: [{ [BEARER]: [] }], middleware })
}

/** An app for the routes of one module. */
export const createRouter = () => new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid })
