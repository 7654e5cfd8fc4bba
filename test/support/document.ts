import { type Schema, Validator } from '@cfworker/json-schema'
import document from '../../openapi.json'
import { newId } from '../../src/shared/ids.ts'

type Json = Record<string, unknown>
type Content = Record<string, { schema: Schema }>
type Answer = { description: string; headers?: Record<string, { required?: boolean }>; content?: Content }
type Reference = { $ref: string }

export type Operation = {
  method: string
  path: string
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: Json[]
  parameters?: { in: string; name: string; required?: boolean; schema: Schema; description?: string }[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, Answer | Reference>
}

/** Every operation of the document that the build has made. */
export const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...(operation as unknown as Omit<Operation, 'method' | 'path'>),
    method: method.toUpperCase(),
    path,
  })),
)

/** A path of this template, to a resource that nobody has, with the query that it needs. */
export const somePath = (template: string) =>
  template
    .replace('{id}', newId())
    .replace('{code}', 'not_found')
    .replace('{token}', 'nonsense')
    .replace('{month}', '2026-11')
    .replace('{target}', newId())
    .replace('{due}', '2026-11-30')
    .replace(/^\/v1\/occurrences$/, '$&?from=2026-11-01&to=2026-11-30')
    .replace(/^\/v1\/(months|reports\/\w+)$/, '$&?from=2026-01&to=2026-12')
    .replace(/\/reports\/.*/, '$&&by=month')

const shared = document.components.responses as unknown as Record<string, Answer>

/** The answer that an operation declares for this status, wherever it stands in the document. */
export const answerOf = ({ responses }: Operation, status: number | string): Answer | undefined => {
  const answer = responses[status]
  return answer && '$ref' in answer ? shared[answer.$ref.replace('#/components/responses/', '')] : answer
}

/** Whether a path, or a template of paths, is of this template. */
const matches = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)

/** The operation that a request is of; where a fixed path and one with an id both fit, the fixed one. */
const operationOf = (method: string, path: string): Operation | undefined => {
  const wanted = method === 'HEAD' ? 'GET' : method
  const fixed = operations.filter((operation) => operation.path === path)
  const fitting = fixed.length > 0 ? fixed : operations.filter((operation) => matches(operation.path, path))
  return fitting.find((operation) => operation.method === wanted)
}

/** A copy of a schema in which an object has no member but those that are declared. */
const close = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== 'object' || schema === null) return schema
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]))
  return 'properties' in closed && typeof closed.properties === 'object'
    ? { ...closed, additionalProperties: false }
    : closed
}

const open = document.components as unknown as Json
const closed = close(document.components) as Json
const validators = new Map<string, Validator>()

const validatorOf = (key: string, schema: Schema, components: Json) => {
  const known = validators.get(key)
  if (known) return known
  const validator = new Validator({ ...schema, components } as Schema, '2020-12', false)
  validators.set(key, validator)
  return validator
}

const check = (what: string, validator: Validator, value: unknown) => {
  const { valid, errors } = validator.validate(value)
  if (valid) return
  const reasons = errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`).join('\n')
  throw new Error(`${what} is not what the document says:\n${reasons}\n${JSON.stringify(value)}`)
}

type Exchange = { method: string; path: string; sent: unknown; status: number; headers: Headers; received: unknown }

/** Throws unless the document declares exactly this answer to this request, headers and every member included. */
export const validateExchange = ({ method, path, sent, status, headers, received }: Exchange) => {
  const operation = operationOf(method, path)
  const what = `${method} ${path}: ${status}`
  if (!operation) {
    if (status >= 400 && method !== 'HEAD')
      check(what, validatorOf('problem', { $ref: '#/components/schemas/Problem' }, closed), received)
    return
  }
  const answer = answerOf(operation, status)
  if (!answer) throw new Error(`${what} is not in the document: ${JSON.stringify(received)}`)
  for (const [name, { required }] of Object.entries(answer.headers ?? {})) {
    if (required && !headers.has(name)) throw new Error(`${what} lacks the header ${name}, which the document promises`)
  }
  const type = headers.get('Content-Type')
  const contents = Object.entries(answer.content ?? {})
  const content = contents.find(([name]) => name === type?.split(';')[0]) ?? contents[0]
  if (method === 'HEAD') return
  if (content) {
    if (type?.replace(/;.*/, '') !== content[0]) throw new Error(`${what} is ${type}, and not ${content[0]}`)
    check(
      what,
      validatorOf(`${operation.operationId} ${status} ${content[0]}`, close(content[1].schema) as Schema, closed),
      received,
    )
  } else if (received !== undefined) throw new Error(`${what} has a body, and the document none`)
  const { code } = (received ?? {}) as { code?: string }
  if (status >= 400 && !answer.description.includes(`\`${code}\``))
    throw new Error(`${what} is the problem ${code}, which the document does not say`)
  const request = operation.requestBody?.content['application/json']
  if (status < 300 && request) {
    check(`${what}: the body that was taken`, validatorOf(operation.operationId, request.schema, open), sent)
  }
}

/** What a parameter says in JSON, of the text that it is in a path or a query string. */
const fromText = ({ type }: Schema, text: string): unknown => {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  return type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text
}

type Request = { path: Record<string, string>; query: Record<string, string>; body: unknown }

/** Whether the document allows this request of an operation. */
export const isAllowed = ({ operationId, parameters = [], requestBody }: Operation, request: Request): boolean => {
  const named = (where: string) => parameters.filter((parameter) => parameter.in === where)
  const areAllowed = (where: 'path' | 'query') =>
    Object.entries(request[where]).every(([name, text]) => {
      const schema = named(where).find((parameter) => parameter.name === name)?.schema
      return (
        schema && validatorOf(`${operationId} ${where} ${name}`, schema, open).validate(fromText(schema, text)).valid
      )
    }) && named(where).every(({ name, required }) => !required || name in request[where])
  const schema = requestBody?.content['application/json']?.schema
  const isBodyAllowed = schema
    ? request.body !== undefined && validatorOf(operationId, schema, open).validate(request.body).valid
    : request.body === undefined
  return areAllowed('path') && areAllowed('query') && isBodyAllowed
}
