import { defineProblem, type Fault, type ProblemDefinition, type ProblemError } from '../shared/problem.ts'

export const malformedJson = defineProblem({
  code: 'malformed_json',
  status: 400,
  title: 'The body is not JSON',
  detail: 'The body must be well-formed JSON in UTF-8.',
})

export const invalidToken = defineProblem({
  code: 'invalid_token',
  status: 401,
  title: 'No valid access token',
  detail:
    'Send a valid access token as `Authorization: Bearer <token>`. Refresh the session or log in again to get one.',
})

export const insufficientScope = defineProblem({
  code: 'insufficient_scope',
  status: 403,
  title: 'The API token is not for this',
  detail:
    'The API token has none of the scopes that the route takes: `WWW-Authenticate` names them. Where it names none, no API ' +
    'token will do: log in.',
})

export const notFound = defineProblem({
  code: 'not_found',
  status: 404,
  title: 'Nothing here',
  detail: 'No route has this path. /openapi.json lists all routes.',
})

export const methodNotAllowed = defineProblem({
  code: 'method_not_allowed',
  status: 405,
  title: 'Method not allowed',
  detail: 'This path does not have this method. The `Allow` header lists the methods that it has.',
})

export const preconditionFailed = defineProblem({
  code: 'precondition_failed',
  status: 412,
  title: 'A precondition does not hold',
  detail:
    'The resource is not, or no longer, the one that `If-Match` names; or it already exists, and `If-None-Match` requires ' +
    'that it does not. Nothing was written. Get the resource and decide again.',
})

export const bodyTooLarge = defineProblem({
  code: 'body_too_large',
  status: 413,
  title: 'The body is too large',
  detail: 'A body may have at most 64 KiB, that of an import 1 MiB.',
})

export const unsupportedMediaType = defineProblem({
  code: 'unsupported_media_type',
  status: 415,
  title: 'The body is not declared as JSON',
  detail: 'Send `Content-Type: application/json`.',
})

export const invalidRequest = defineProblem({
  code: 'invalid_request',
  status: 422,
  title: 'The request is not valid',
  detail: '`errors` lists every fault.',
})

/** Makes invalidRequest for one fault that shows only when the request is compared with stored data. */
export const faultAt = (where: Fault['in'], pointer: string, code: string, message: string) => (): ProblemError =>
  invalidRequest({ errors: [{ in: where, pointer, code, message }] })

export const tooManyRequests = defineProblem({
  code: 'too_many_requests',
  status: 429,
  title: 'Too many requests',
  detail: 'A quota of the route is used up: `RateLimit` names it. Wait for the number of seconds in `Retry-After`.',
})

export const serviceUnavailable = defineProblem({
  code: 'service_unavailable',
  status: 503,
  title: 'Temporarily unavailable',
  detail:
    'The server cannot answer right now. Try again after the number of seconds in `Retry-After`. A write may have been ' +
    'done all the same: with an `Idempotency-Key` it is safe to resend.',
})

export const internalError = defineProblem({
  code: 'internal_error',
  status: 500,
  title: 'Internal error',
  detail: 'The server has a bug. Sending the same request again does not help: report the `requestId`.',
})

/** The members of a problem document that are the same whenever the problem occurs. */
export const describe = ({ code, status, title, detail }: ProblemDefinition) => ({
  type: `/problems/${code}`,
  title,
  status,
  detail,
  code,
})
