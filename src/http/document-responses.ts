import type { RouteConfig } from '@hono/zod-openapi'
import type { Fault, ProblemDefinition } from '../shared/problem.ts'
import { documentedHeaders } from './deprecation.ts'
import { headerWithExample, policyHeader } from './document-headers.ts'
import { describe, invalidRequest } from './problems.ts'
import { policyOf } from './rate-limit.ts'
import type { Documentation, PublicLimits } from './router.ts'

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

/** The response for problems that share a status. */
export const responseTo = (group: ProblemDefinition[], status: ProblemDefinition['status']) => ({
  description: group.map(({ title, code }) => `${title} (\`${code}\`)`).join(', or: '),
  headers: headersOf(status),
  content: {
    'application/problem+json': {
      schema: { $ref: `#/components/schemas/${status === 422 ? 'InvalidRequest' : 'Problem'}` },
      examples: Object.assign({}, ...group.map(examplesOf)),
    },
  },
})

/** The name of a problem among the components of the document. */
export const componentOf = ({ code }: ProblemDefinition) =>
  code.replaceAll(/(?:^|_)(.)/g, (_, first) => first.toUpperCase())

/** The responses for these problems, by status: a reference where a status has only one. */
const problemResponses = (problems: ProblemDefinition[]): RouteConfig['responses'] => {
  const byStatus = Map.groupBy(problems, ({ status }) => status)
  return Object.fromEntries(
    Array.from(byStatus, ([status, group]) => {
      const [first, ...others] = group
      const isAlone = first && others.length === 0
      return [status, isAlone ? { $ref: `#/components/responses/${componentOf(first)}` } : responseTo(group, status)]
    }),
  )
}

/** Adds to the answers of a route the headers of its limits. */
const successResponses = (responses: RouteConfig['responses'], { quotas = [], deprecated }: PublicLimits) => {
  const added = {
    ...(quotas.length > 0 && { 'RateLimit-Policy': policyHeader(policyOf(quotas), true) }),
    ...(deprecated && documentedHeaders(deprecated)),
  }
  if (Object.keys(added).length === 0) return responses
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      '$ref' in response ? response : { ...response, headers: { ...response.headers, ...added } },
    ]),
  )
}

/** The contract of a route with the responses for its problems, and with the headers of its limits. */
export const withResponses = ({ problems, limits, ...contract }: RouteConfig & Documentation): RouteConfig => ({
  ...contract,
  ...(limits.deprecated && { deprecated: true }),
  responses: { ...successResponses(contract.responses, limits), ...problemResponses(problems) },
})
