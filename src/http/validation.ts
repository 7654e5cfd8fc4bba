import type { Next, ValidationTargets } from 'hono'
import * as z from 'zod'
import type { Fault } from '../shared/problem.ts'
import type { AppContext, Inputs } from './context.ts'
import { figuresOf } from './messages.ts'
import { invalidRequest, unsupportedMediaType } from './problems.ts'

const toPointer = (path: PropertyKey[]) =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const valueAt = (value: unknown, path: PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], value)

const codeOf = (issue: z.core.$ZodIssue, value: unknown): string => {
  if (issue.code === 'custom') return String(issue.params?.code ?? 'invalid_value')
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) return 'required'
  return issue.code
}

const toFaults = (where: Fault['in'], value: unknown, issues: z.core.$ZodIssue[]): Fault[] => {
  const fault = (path: PropertyKey[], code: string, message: string, figures: object = {}): Fault => ({
    in: where,
    pointer: toPointer(path),
    code,
    message,
    ...figures,
  })
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => fault([...issue.path, key], 'unknown_member', 'There is no such member'))
      : [fault(issue.path, codeOf(issue, value), issue.message, figuresOf(issue))],
  )
}

const bodySchema = ({ body }: Inputs): unknown => {
  const content = body?.content['application/json']
  return content && 'schema' in content ? content.schema : undefined
}

/** The body as Hono's validator reads it; undefined if it is malformed. */
const readBody = ({ req }: AppContext): unknown => (req.header('Content-Type') ? req.json().catch(() => undefined) : {})

const readQuery = ({ req }: AppContext) =>
  Object.fromEntries(Object.entries(req.queries()).map(([name, all]) => [name, all.length === 1 ? all[0] : all]))

type Part = {
  /** The name of the part in Hono. */
  target: keyof ValidationTargets
  in: Fault['in']
  schemaIn: (inputs: Inputs) => unknown
  read: (c: AppContext) => unknown
}

/** The parts of a request, in the order in which zod-openapi validates them. */
const parts: Part[] = [
  { target: 'query', in: 'query', schemaIn: ({ query }) => query, read: readQuery },
  { target: 'param', in: 'path', schemaIn: ({ params }) => params, read: ({ req }) => req.param() },
  { target: 'header', in: 'header', schemaIn: ({ headers }) => headers, read: ({ req }) => req.header() },
  { target: 'json', in: 'body', schemaIn: bodySchema, read: readBody },
]

/** The faults of one part of the request. A malformed body has none: its problem is malformedJson. */
const validate = async (part: Part, c: AppContext): Promise<Fault[]> => {
  const schema = part.schemaIn(c.get('inputs'))
  const value = await part.read(c)
  if (!(schema instanceof z.ZodType) || value === undefined) return []
  const { error } = await schema.safeParseAsync(value)
  return toFaults(part.in, value, error?.issues ?? [])
}

/** The most faults that one answer lists: a body of 64 KiB has room for thousands. */
const MAX_FAULTS = 100

/** Zod reports some faults twice, once for each rule that they break. */
const unique = (faults: Fault[]) => [
  ...new Map(faults.map((fault) => [`${fault.in} ${fault.pointer} ${fault.code}`, fault])).values(),
]

type Failure = { target: Part['target']; error: { issues: z.core.$ZodIssue[] } }
type Result = { success: true; target: Part['target'] } | ({ success: false } & Failure)

/** Throws invalidRequest with the faults of the part that failed, and of every part after it. */
const refuse = async ({ target, error }: Failure, c: AppContext): Promise<never> => {
  const [failed, ...later] = parts.slice(parts.findIndex((part) => part.target === target))
  const faults = failed ? toFaults(failed.in, await failed.read(c), error.issues) : []
  for (const part of later) faults.push(...(await validate(part, c)))
  throw invalidRequest({ errors: unique(faults).slice(0, MAX_FAULTS) })
}

/** The query of a route that has none: it allows no parameters. */
const NO_QUERY = z.strictObject({})

/** Refuses parameters where the route has none. A URL without `?` needs no validator for that. */
export const checkQuery = (c: AppContext, next: Next): Promise<void> => {
  if (c.get('inputs').query || !c.req.url.includes('?')) return next()
  const { error } = NO_QUERY.safeParse(c.req.queries())
  return error ? refuse({ target: 'query', error }, c) : next()
}

/**
 * The hook of every validator. zod-openapi stops at the first part of a request that is invalid; the hook validates the
 * parts after it, too, so that one answer lists every fault.
 */
export const refuseInvalid = (result: Result, c: AppContext) => {
  if (!result.success) return refuse(result, c)
  // Where no member is required, a body that was not sent at all would pass for an empty object.
  if (result.target === 'json' && !c.req.header('Content-Type')) throw unsupportedMediaType()
}
