import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import * as z from 'zod'
import manifest from '../../package.json' with { type: 'json' }
import { allProblems } from '../shared/problem.ts'
import type { AppEnv } from './context.ts'
import { policyHeader } from './document-headers.ts'
import { componentOf, responseTo, withResponses } from './document-responses.ts'
import { forGenerators } from './generators.ts'
import { policyOf } from './rate-limit.ts'
import { ACCESS_TOKEN, API_TOKEN, type Documentation } from './router.ts'

const INTRODUCTION = `
Record what you spend and earn, and stay in control of the month.

**First steps.** [Register](/apidocs#/Authentication/register), and send the \`accessToken\` of the answer as
\`Authorization: Bearer …\` (in [/apidocs](/apidocs): press *Authorize* and paste it).
[Set a limit](/apidocs#/Budgets/putBudget), [record an expense](/apidocs#/Expenses/createExpense), and see
[the month](/apidocs#/Months/getMonth) at a glance. [/problems](/problems) explains every error, and
[/llms.txt](/llms.txt) is a digest of all this for language models.

- **Money** is an integer \`amount\` in minor units of an ISO 4217 \`currency\`, never a float: 1299 is 12.99 USD.
  [/v1/currencies](/v1/currencies) has the decimals of each.
- **Dates.** A \`date\` is a calendar day without a time zone, an instant RFC 3339 in UTC with milliseconds. A month
  \`YYYY-MM\` starts on the user's \`monthStartDay\` and is named after the calendar month in which it starts.
- **Input.** Text is trimmed and otherwise stored as you send it; U+0000 and lone surrogates are refused. So are unknown
  members of a body or a query.
- **Output.** Ignore members and values of enums that you do not know: more may be added at any time.
- **Lists** answer \`{ "data": [...], "nextCursor": "…" }\`. Send \`nextCursor\` as \`cursor\` until it is null.
- **Errors** are problem documents (RFC 9457) with a stable \`code\`. A 422 names every fault of the request at once;
  faults that show only in stored data come once those are fixed. An id of another user is a 404. After a 429 or a 503,
  wait for the seconds in \`Retry-After\`; a 500 is a bug of the server. A refused write has no effect at all.
- **ETags.** A single resource has a strong \`ETag\`, a row of a list the same as \`etag\`. A GET with \`If-None-Match\`
  answers 304 while it is unchanged; a PUT, PATCH or DELETE with \`If-Match\` answers 412 if it has changed.
- **Safe retries.** Every write of expenses, incomes, plans, categories, budgets and imports takes an \`Idempotency-Key\`: the
  same request with the same key, sent again within 7 days, is not done twice and gets the first answer. Without a key, a PUT
  with your own id is safe to resend; a POST is not.
- **Trying out.** With \`?dryRun=true\`, a write of an expense, an income, a plan or a budget answers what it would
  answer, an import what it would make, and nothing is written.
- **Headers.** \`RateLimit-Policy\` tells the quotas of a route, and \`RateLimit\` the one that is used up. \`X-Request-Id\`
  is yours if you send one. \`Server-Timing\` has the time spent in the database.
`.trim()

// A constant of its own: zod-openapi types `info` as in OpenAPI 3.0, where a license has no identifier.
const INFO = {
  title: 'Outlay',
  version: manifest.version,
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

/** Registers each problem once, for the references that `problemResponses` makes. */
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
    registry.registerComponent('responses', componentOf(problem), responseTo([problem], problem.status))
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
  const documented = new OpenAPIHono()
  const registry = documented.openAPIRegistry
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type === 'route')
      registry.registerPath(withResponses(definition.route as RouteConfig & Documentation))
  }
  registry.registerComponent('securitySchemes', ACCESS_TOKEN, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `accessToken` of a session',
  })
  registry.registerComponent('securitySchemes', API_TOKEN, {
    type: 'http',
    scheme: 'bearer',
    description:
      'The `token` of an API token, for scripts: `POST /v1/tokens` makes one. An operation lists the scopes of which it ' +
      'needs one. Operations without any take no API token.',
  })
  const policy = policyHeader(policyOf(['writes']), false)
  registry.registerComponent('headers', 'RateLimitPolicy', policy)
  registerProblems(registry)
  const document = documented.getOpenAPI31Document({
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/' }],
    tags,
  })
  return forGenerators(withoutUnusedResponses(document))
}
