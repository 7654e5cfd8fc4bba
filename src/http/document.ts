import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { allProblems } from '../shared/problem.ts'
import type { AppEnv } from './context.ts'
import { forGenerators } from './generators.ts'
import { answerTo, componentOf, policyHeader } from './problems.ts'
import { policyOf } from './rate-limit.ts'
import { BEARER } from './router.ts'

const INTRODUCTION = `
Record what you spend and earn, and stay in control of the month.

**First steps.** Call \`POST /v1/auth/register\`, press *Authorize* and paste the \`accessToken\` of the answer. Then set a
limit with \`PUT /v1/months/current/budgets/overall\`, and record an expense with \`POST /v1/expenses\`.

- **Money** is an integer \`amount\` in minor units of an ISO 4217 \`currency\`: 1299 is 12.99 USD. It is never a float.
  \`GET /v1/currencies\` lists the currencies and the decimals of each.
- **Days and instants.** A \`date\` is a calendar day without a time zone. An instant is RFC 3339 in UTC with milliseconds.
- **Months** start on the user's \`monthStartDay\`. Their name \`YYYY-MM\` is the calendar month in which they start.
- **Budgets** are monthly limits, on a category or on everything. A limit holds until you set another one.
  \`GET /v1/months/current\` is the month at a glance.
- **Plans** are expenses and incomes to come. \`GET /v1/occurrences\` lists when they are due, and the month view what of them
  is still \`planned\` and what is \`free\` after it.
- **Budget impact.** The answer to a write of an expense or a budget has it in \`budget\`: what was available before the
  write, what is available after it, and which alert thresholds it crossed.
- **Reports** sum up months for charts: \`GET /v1/reports/spending\` and \`GET /v1/reports/income\`.
- **Text** is trimmed and otherwise stored as you send it. U+0000 and lone surrogates are refused.
- **Unknown members** of a body or a query string are refused.
- **Lists** answer \`{ "data": [...], "nextCursor": "…" }\`. Send \`nextCursor\` as \`cursor\` until it is null.
- **Errors** are problem documents (RFC 9457) with a stable \`code\`. \`/problems\` lists them all. A 422 names every fault
  of the path, the query, the headers and the body at once; faults that show only in stored data come once those are
  fixed. An id of another user is a 404, like an id that does not exist.
- **Refused writes** have no effect at all. After a 503, try again after the seconds in \`Retry-After\`. A 500 is a bug of
  the server: trying again does not help.
- **Caching.** A single resource has a strong \`ETag\`. A GET with \`If-None-Match\` answers 304 while it is unchanged.
- **No lost updates.** A PUT, PATCH or DELETE with \`If-Match\` answers 412 if the resource has changed since. Rows of lists
  have the same tag as \`etag\`, and an item of a batch can be sent with it.
- **Safe retries.** Every write of expenses, incomes, plans, categories and budgets takes an \`Idempotency-Key\`. If the answer is
  lost, send the same request with the same key within 7 days: it is not done twice, and you get the first answer, even
  if \`If-Match\` no longer holds. Without a key, a PUT with your own id is safe to resend; a POST is not.
- **Offline.** \`/v1/changes\` lists everything that has changed since a cursor, deletions included. A batch sends up to
  100 waiting writes at once.
- **Trying out.** With \`?dryRun=true\`, a write of an expense, an income, a plan or a budget writes nothing and answers what
  it would answer.
- **Quotas.** An answer of a route with quotas tells them in \`RateLimit-Policy\`. After a 429, wait for the seconds in
  \`Retry-After\`; \`RateLimit\` names the quota that is used up.
- **Tracing.** Every answer has an \`X-Request-Id\`, yours if you send one, and the time spent in the database in
  \`Server-Timing\`.
`.trim()

// A constant of its own: zod-openapi types `info` as in OpenAPI 3.0, where a license has no identifier.
const INFO = {
  title: 'Outlay',
  version: '1.0.0',
  description: INTRODUCTION,
  license: { name: 'MIT', identifier: 'MIT' },
}

const FaultBody = z
  .object({
    in: z.enum(['body', 'query', 'path', 'header']).openapi('FaultPlace'),
    pointer: z.string().openapi({ description: 'A JSON pointer into the body, or `/` and the name of a parameter' }),
    code: z.string().openapi({ description: 'Stable, so that a client can switch on it' }),
    message: z.string(),
    minimum: z.int().optional().openapi({ description: 'The least number, or the least of characters or items' }),
    maximum: z.int().optional().openapi({ description: 'The greatest' }),
    allowed: z.array(z.string()).optional().openapi({ description: 'The values of which it must be one' }),
    line: z.int().optional().openapi({ description: 'The line of an imported file, from 1' }),
    member: z.string().nullable().optional().openapi({
      description: 'The member of `mapping` whose cell in that line is at fault; null for the row as a whole',
    }),
  })
  .openapi('Fault', { description: 'What is wrong with one member of the request' })

/** The members of every problem document. The codes are all that are defined by then. */
const problemMembers = () => ({
  type: z.string().openapi({ format: 'uri-reference' }),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  instance: z.string().openapi({ format: 'uri-reference', description: 'The path of the request' }),
  code: z
    .enum(allProblems().map(({ code }) => code))
    .openapi('ProblemCode', { description: 'Stable, so that a client can switch on it. `/problems` lists them all' }),
  requestId: z.string().openapi({ description: 'Quote it when you ask for help' }),
  errors: z.array(FaultBody).optional().openapi({ description: 'Of a 412 of a batch: the items that have changed' }),
  entryId: z.string().optional().openapi({ description: 'Of `occurrence_posted`: the expense or the income' }),
})

type Registry = OpenAPIHono['openAPIRegistry']

/** Registers each problem once, for the references that `problems` makes. */
const registerProblems = (registry: Registry) => {
  const members = problemMembers()
  const [description, errors] = ['A problem document (RFC 9457)', z.array(FaultBody)]
  registry.register('Problem', z.object(members).openapi({ description }))
  registry.register(
    'InvalidRequest',
    z
      .object({ ...members, errors: errors.openapi({ description: 'Every fault, up to 100' }) })
      .openapi({ description: `${description} that names every fault` }),
  )
  for (const problem of allProblems()) {
    registry.registerComponent('responses', componentOf(problem), answerTo([problem], problem.status))
  }
}

type Tag = { name: string; description: string }
type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>

/** Drops the responses that no operation refers to: a status with several problems describes them in place. */
const withoutUnusedResponses = (document: Document): Document => {
  const paths = JSON.stringify(document.paths)
  const isUsed = ([name]: [string, unknown]) => paths.includes(`"#/components/responses/${name}"`)
  const responses = Object.fromEntries(Object.entries(document.components?.responses ?? {}).filter(isUsed))
  return { ...document, components: { ...document.components, responses } }
}

/** Makes the OpenAPI document of the routes of `app`. It takes 13 ms of CPU, once, when the Worker is built. */
export const openApiDocument = (app: OpenAPIHono<AppEnv>, tags: Tag[]) => {
  app.openAPIRegistry.registerComponent('securitySchemes', BEARER, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `accessToken` of a session',
  })
  const policy = policyHeader(policyOf(['writes']), false)
  app.openAPIRegistry.registerComponent('headers', 'RateLimitPolicy', policy)
  registerProblems(app.openAPIRegistry)
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/' }],
    tags,
  })
  return forGenerators(withoutUnusedResponses(document))
}
