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

const occurrenceOf = (definition: ProblemDefinition, errors?: Fault[]) => ({
  ...describe(definition),
  instance: '/v1/expenses',
  requestId: '0f0c0c51-6a4e-4a7e-9d4f-0d5a6b1c2e3f',
  errors,
})

const bodyFaults: Fault[] = [
  { in: 'body', pointer: '/amount', code: 'too_small', message: 'Must be at least 1', minimum: 1 },
  { in: 'body', pointer: '/amuont', code: 'unknown_member', message: 'There is no such member' },
]
const queryFaults: Fault[] = [
  { in: 'query', pointer: '/limit', code: 'too_big', message: 'Must be at most 100', maximum: 100 },
]

const examplesOf = (definition: ProblemDefinition) =>
  definition.code === invalidRequest.code
    ? {
        'faults of a body': { value: occurrenceOf(definition, bodyFaults) },
        'a fault of a query': { value: occurrenceOf(definition, queryFaults) },
      }
    : { [definition.code]: { value: occurrenceOf(definition, definition.faults) } }

/** A header in the document. */
export const headerWithExample = (description: string, value: string, required = true) => ({
  description,
  required,
  schema: { type: 'string' as const, examples: [value] },
})

/** The `RateLimit-Policy` in the document: of the successes of a route with quotas, and of any problem. */
export const policyHeader = (example: string, required: boolean) =>
  headerWithExample(
    'The quotas of the route: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers-11)',
    example,
    required,
  )

const headersOf = (status: ProblemDefinition['status']) => ({
  ...((status === 401 || status === 403) && {
    'WWW-Authenticate': headerWithExample('How to authenticate (RFC 6750)', 'Bearer realm="outlay"'),
  }),
  ...(status === 412 && {
    ETag: headerWithExample('The `ETag` of what is there, if anything is', '"3d1f8a2b4c5e-17"', false),
  }),
  ...((status === 429 || status === 503) && {
    'Retry-After': headerWithExample('Seconds to wait before the next try', '5'),
  }),
  ...(status === 429 && {
    RateLimit: headerWithExample(
      'The quota that is used up: `r` is 0, and `t` the seconds in `Retry-After`',
      '"writes";r=0;t=60',
    ),
  }),
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
})

/** The response in the document for problems that share a status. */
export const answerTo = (group: ProblemDefinition[], status: ProblemDefinition['status']) => ({
  description: group.map(({ title, code }) => `${title} (\`${code}\`)`).join(', or: '),
  headers: headersOf(status),
  // A getter, so that it is made only for the document, like an `answerSchema`.
  get content() {
    return {
      'application/problem+json': {
        schema: { $ref: `#/components/schemas/${status === 422 ? 'InvalidRequest' : 'Problem'}` },
        examples: Object.assign({}, ...group.map(examplesOf)),
      },
    }
  },
})

/** The name of a problem among the components of the document. */
export const componentOf = ({ code }: ProblemDefinition) =>
  code.replaceAll(/(?:^|_)(.)/g, (_, first) => first.toUpperCase())

/**
 * The `responses` of a route that can answer with these problems: `...problems(expenseNotFound)`. Its type is empty, since
 * a handler throws a problem and never returns it.
 */
export const problems = (...definitions: ProblemDefinition[]): Record<never, never> => {
  const byStatus = [...Map.groupBy(definitions, ({ status }) => status)]
  return Object.fromEntries(
    byStatus.map(([status, group]) => {
      const [first, ...others] = group
      const isAlone = first && others.length === 0
      return [status, isAlone ? { $ref: `#/components/responses/${componentOf(first)}` } : answerTo(group, status)]
    }),
  )
}
