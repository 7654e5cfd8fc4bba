import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { allProblems } from '../shared/problem.ts'
import type { AppEnv } from './context.ts'
import { answerTo, componentOf } from './problems.ts'
import { BEARER } from './router.ts'

const INTRODUCTION = `
Keep what you spend and earn, and stay in control of the month.

**First steps.** \`POST /v1/auth/register\`, press *Authorize* with the \`accessToken\` of the answer, then
\`PUT /v1/months/current/budgets/overall\` and \`POST /v1/expenses\`.

- **Money** is an integer \`amount\` in minor units of a \`currency\` of ISO 4217: 1299 is 12.99 USD. Never a float.
- **Days and instants.** A \`date\` is a calendar day without a zone; an instant is RFC 3339 in UTC with milliseconds.
- **Months** are named \`YYYY-MM\` after the calendar month in which they start, on the user's \`monthStartDay\`.
- **Budgets** are monthly limits, on a category or on everything, which hold until they are set again. \`GET
  /v1/months/current\` is the month at a glance; every write of an expense answers in \`budget\` what it does to the month.
- **Text** is trimmed and otherwise comes back as it was sent; U+0000 and lone surrogates are refused.
- **Unknown members** of a body or a query string are refused.
- **Lists** answer \`{ "data": [...], "nextCursor": "…" }\`: send \`nextCursor\` as \`cursor\` until it is null.
- **Errors** are problem documents (RFC 9457) with a stable \`code\`; \`/problems\` lists them. A 422 names every fault at
  once, by a JSON pointer; what only the stored state can show comes after all else is right. Somebody else's id is a 404 like one that never was. A 503 is worth another try after as many
  seconds as \`Retry-After\` says.
- **Caching.** A single resource has a strong \`ETag\`; a GET with \`If-None-Match\` answers 304 while it is unchanged.
- **No lost update.** A PUT, PATCH or DELETE with \`If-Match\` answers 412 where it has changed since.
- **Exact retries.** A POST that creates takes an \`Idempotency-Key\`: sent again, it does nothing and gets the first
  answer. A PUT with the client's own id, sent again, changes nothing.
- **Offline.** \`/v1/changes\` tells all that has changed since a cursor, deletions included; batches send what waited.
- **Trying out.** \`?dryRun=true\` on a write of an expense, an income or a budget answers what it would, and writes nothing.
- **Tracing.** Every answer has an \`X-Request-Id\`, yours if you sent one, and tells in \`Server-Timing\` how long the
  database took.
`.trim()

// A constant, because zod-openapi's type of `info` is that of OpenAPI 3.0, whose license has no identifier.
const INFO = {
  title: 'Outlay',
  version: '1.0.0',
  description: INTRODUCTION,
  license: { name: 'MIT', identifier: 'MIT' },
}

const problemMembers = {
  type: z.string().openapi({ format: 'uri-reference' }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().openapi({ format: 'uri-reference', description: 'The path of the request' }),
  code: z.string().openapi({ description: 'Stable: switch on it. /problems lists them all' }),
  requestId: z.string().openapi({ description: 'Quote it when you ask for help' }),
}

const ProblemBody = z.object(problemMembers).openapi({ description: 'A problem document (RFC 9457)' })

const FaultBody = z.object({
  in: z.enum(['body', 'query', 'path', 'header']),
  pointer: z.string().openapi({ description: 'A JSON pointer into the body, or `/name` of a parameter' }),
  code: z.string(),
  message: z.string(),
})

const InvalidRequestBody = z
  .object({ ...problemMembers, errors: z.array(FaultBody).openapi({ description: 'Every fault at once, up to 100' }) })
  .openapi({ description: 'A problem document (RFC 9457) that names every fault' })

type Registry = OpenAPIHono['openAPIRegistry']

/** Registers the components that `problems` refers to: each problem once. */
const registerProblems = (registry: Registry) => {
  registry.register('Problem', ProblemBody)
  registry.register('InvalidRequest', InvalidRequestBody)
  for (const problem of allProblems()) {
    registry.registerComponent('responses', componentOf(problem), answerTo([problem], problem.status))
  }
}

type Tag = { name: string; description: string }
type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>

/** Drops unreferenced responses: a status with several problems describes them inline. */
const withoutUnusedResponses = (document: Document): Document => {
  const paths = JSON.stringify(document.paths)
  const isUsed = ([name]: [string, unknown]) => paths.includes(`"#/components/responses/${name}"`)
  const responses = Object.fromEntries(Object.entries(document.components?.responses ?? {}).filter(isUsed))
  return { ...document, components: { ...document.components, responses } }
}

/** The OpenAPI document of the routes of `app`. It takes 13 ms of CPU, and is generated only when the Worker is built. */
export const openApiDocument = (app: OpenAPIHono<AppEnv>, tags: Tag[]) => {
  app.openAPIRegistry.registerComponent('securitySchemes', BEARER, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `accessToken` of a session',
  })
  registerProblems(app.openAPIRegistry)
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/' }],
    tags,
  })
  return withoutUnusedResponses(document)
}
