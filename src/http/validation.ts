import { z } from 'zod'
import type { Fault } from '../shared/problem.ts'
import type { AppContext, AppMiddleware, Inputs } from './context.ts'
import { invalidRequest } from './problems.ts'

const toPointer = (path: PropertyKey[]) =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const valueAt = (value: unknown, path: PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], value)

const codeOf = (issue: z.core.$ZodIssue, value: unknown): string => {
  if (issue.code === 'custom') return String(issue.params?.code ?? 'invalid_value')
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) return 'required'
  return issue.code
}

const toFaults =
  (where: Fault['in'], value: unknown) =>
  (issue: z.core.$ZodIssue): Fault[] => {
    const fault = (path: PropertyKey[], code: string, message: string) => ({
      in: where,
      pointer: toPointer(path),
      code,
      message,
    })
    if (issue.code !== 'unrecognized_keys') return [fault(issue.path, codeOf(issue, value), issue.message)]
    return issue.keys.map((key) => fault([...issue.path, key], 'unknown_member', 'There is no such member'))
  }

const check = async (where: Fault['in'], schema: unknown, value: unknown): Promise<Fault[]> => {
  if (!(schema instanceof z.ZodType)) return []
  const { error } = await schema.safeParseAsync(value)
  return (error?.issues ?? []).flatMap(toFaults(where, value))
}

const queryOf = ({ req }: AppContext) =>
  Object.fromEntries(Object.entries(req.queries()).map(([name, all]) => [name, all.length === 1 ? all[0] : all]))

/** The body as Hono's validator reads it; undefined where it does not parse, which is a problem of its own. */
const bodyOf = ({ req }: AppContext): unknown => (req.header('Content-Type') ? req.json().catch(() => undefined) : {})

const checkBody = async (c: AppContext) => {
  const content = c.var.inputs.body?.content['application/json']
  const value = await bodyOf(c)
  return content && 'schema' in content && value !== undefined ? check('body', content.schema, value) : []
}

/** No more are told: a body of 64 KiB has room for thousands. */
const MAX_FAULTS = 100

/** Zod tells some faults twice, once for each rule that they break. */
const unique = (faults: Fault[]) => [
  ...new Map(faults.map((fault) => [`${fault.in} ${fault.pointer} ${fault.code}`, fault])).values(),
]

/** Checks every part of the request and throws invalidRequest with all that is wrong. */
const refuse = async (c: AppContext): Promise<never> => {
  const { query, params, headers } = c.var.inputs
  const faults = [
    ...(await check('path', params, c.req.param())),
    ...(await check('query', query, queryOf(c))),
    ...(await check('header', headers, c.req.header())),
    ...(await checkBody(c)),
  ]
  throw invalidRequest({ errors: unique(faults).slice(0, MAX_FAULTS) })
}

/** Tells `refuseInvalid` what the route takes. */
export const takes =
  (inputs: Inputs): AppMiddleware =>
  (c, next) => {
    c.set('inputs', inputs)
    return next()
  }

/**
 * The hook of every validator. They stop at the first part of a request that is wrong; a client wants to hear of
 * every fault at once, so the first fault has all parts checked.
 */
export const refuseInvalid = (result: { success: boolean }, c: AppContext): Promise<never> | undefined =>
  result.success ? undefined : refuse(c)
