import type { Schema } from '@cfworker/json-schema'
import fc from 'fast-check'
import document from '../../openapi.json'
import type { Operation } from './document.ts'

/** Values that a schema cannot lead to by itself, such as the ids of what is there, by the name of the member. */
export type Hints = Record<string, fc.Arbitrary<unknown>>

/** A request of an operation: the values of its parameters by their names, and its body. */
export type GeneratedRequest = {
  path: Record<string, string>
  query: Record<string, string>
  header: Record<string, string>
  body: unknown
}

const schemas = document.components.schemas as unknown as Record<string, Schema>

/** A schema, wherever it stands in the document. */
const resolve = (schema: Schema): Schema =>
  schema.$ref ? resolve(schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {}) : schema

/** The JSON of something in the document, and of all schemas to which it refers. */
export const withReferences = (part: unknown): string => {
  const told = [JSON.stringify(part)]
  for (const text of told) {
    for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      const referred = JSON.stringify(schemas[name])
      if (!told.includes(referred)) told.push(referred)
    }
  }
  return told.join('\n')
}

const day = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

const text = ({ format, pattern, minLength = 0, maxLength = 300 }: Schema): fc.Arbitrary<string> => {
  if (format === 'date') return day
  if (format === 'email') return fc.emailAddress().filter((address) => new RegExp(pattern ?? '', 'u').test(address))
  if (pattern) return fc.stringMatching(new RegExp(pattern))
  const unit = fc.oneof(
    { arbitrary: fc.constantFrom(...'aZ0 -.é😀ß٣\u202e'), weight: 3 },
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  )
  return fc.oneof(
    { arbitrary: fc.string({ unit, minLength, maxLength: Math.min(maxLength, 20) }), weight: 4 },
    fc.constantFrom(minLength, maxLength).map((length) => 'x'.repeat(length)),
  )
}

const integer = ({ minimum = -1e6, maximum = 1e6 }: Schema) =>
  fc.oneof(
    fc.integer({ min: minimum, max: Math.min(maximum, minimum + 100_000) }),
    fc.integer({ min: minimum, max: maximum }),
  )

const object = ({ properties = {}, required = [] }: Schema, hints: Hints): fc.Arbitrary<object> =>
  fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, valid(schema as Schema, hints, name)]),
    ),
    { requiredKeys: required },
  )

const array = ({ items, maxItems = 100, uniqueItems }: Schema, hints: Hints, name?: string) => {
  const item = valid(items as Schema, hints, name)
  const sizes = { maxLength: Math.min(maxItems, 6) }
  return uniqueItems ? fc.uniqueArray(item, sizes) : fc.array(item, sizes)
}

const ofType = (type: string, schema: Schema, hints: Hints, name?: string): fc.Arbitrary<unknown> => {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer') return integer(schema)
  if (type === 'array') return array(schema, hints, name)
  if (type === 'object') return object(schema, hints)
  return text(schema)
}

/** A value that a schema of the document allows. Of a member with hints, mostly one of those. */
const valid = (schema: Schema, hints: Hints, name = ''): fc.Arbitrary<unknown> => {
  const { type = 'string', enum: choices, anyOf } = resolve(schema)
  if (anyOf) return fc.oneof(...anyOf.map((one) => valid(one as Schema, hints, name)))
  const types = [type].flat()
  const generated = choices
    ? fc.constantFrom(...choices)
    : fc.oneof(...types.map((one) => ofType(one, resolve(schema), hints, name)))
  const hint = hints[name]
  return hint && !types.includes('array') ? fc.oneof({ arbitrary: hint, weight: 4 }, generated) : generated
}

/** The schema of an operation's body, if it takes one. */
const bodySchemaOf = ({ requestBody }: Operation): Schema | undefined => {
  const schema = requestBody?.content['application/json']?.schema
  return schema && resolve(schema)
}

/** What a header can hold. */
const headerText = fc
  .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
  .filter((value) => value === value.trim())

/** A request of an operation that its part of the document allows. */
export const validRequest = (operation: Operation, hints: Hints): fc.Arbitrary<GeneratedRequest> => {
  const { parameters = [] } = operation
  const bodySchema = bodySchemaOf(operation)
  const part = (where: string) => {
    const own = parameters.filter((parameter) => parameter.in === where)
    const values = own.map(({ name, schema }) => {
      const value = where === 'header' ? fc.oneof(hints[name] ?? headerText, headerText) : valid(schema, hints, name)
      return [name, value.map(String)]
    })
    const requiredKeys = own.filter(({ required }) => required).map(({ name }) => name)
    return fc.record(Object.fromEntries(values), { requiredKeys }) as fc.Arbitrary<Record<string, string>>
  }
  return fc.record({
    path: part('path'),
    query: part('query'),
    header: part('header'),
    body: bodySchema ? valid(bodySchema, hints) : fc.constant(undefined),
  })
}

/** What a member or a parameter may suddenly be. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    -1,
    0,
    1.5,
    1e15,
    2 ** 53,
    -(2 ** 31),
    1e21,
    '',
    ' ',
    'null',
    '0',
    '-0',
    '1e3',
    '٣',
  ),
  fc.constantFrom<unknown>([], {}, [null], [[]], { amount: 1 }, [1, 1], { $gt: '' }, { toString: 1 }),
  fc.constantFrom<unknown>(
    '\u0000',
    'a\ud800',
    '\ud800\udc00',
    'x'.repeat(5000),
    '2026-02-30',
    '1969-12-31',
    '2200-01-01',
    '2026-11-23T00:00:00Z',
    '0000-00-00',
  ),
  fc.constantFrom<unknown>(
    "'",
    "' OR 1=1 --",
    '"; DROP TABLE users; --',
    '{{7*7}}',
    '../../etc/passwd',
    '<script>',
    '%00',
    '%',
  ),
  fc.jsonValue({ maxDepth: 2 }),
)

/** Where a request can be changed: a member of something, or the body itself. */
type Place = { holder: Record<string, unknown>; key: string }

const placesIn = (value: unknown): Place[] => {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])])
}

/** Makes another value of what stands at a place: undefined leaves it out. */
type Change = (value: unknown) => unknown

const change: fc.Arbitrary<Change> = fc.oneof(
  { arbitrary: junk.map((value) => () => value), weight: 5 },
  fc.constantFrom<Change>(
    () => undefined,
    (value) => `${value}${' '.repeat(600)}`,
    (value) => Array(101).fill([value].flat()[0] ?? null),
  ),
)

/** What a path or a query string can hold, which a lone surrogate cannot. */
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed()

const asTexts = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, asText(value)]),
  )

/** The same request with one thing changed: a value replaced, left out, or added. It may be valid still. */
export const damaged = (request: fc.Arbitrary<GeneratedRequest>): fc.Arbitrary<GeneratedRequest> =>
  fc.record({ request, change, at: fc.nat() }).map(({ request, change, at }) => {
    const changed = structuredClone(request)
    const body =
      changed.body === undefined ? [] : [{ holder: changed as never, key: 'body' }, ...placesIn(changed.body)]
    const added = [changed.query, ...body.map(({ holder }) => holder)].map((holder) => ({ holder, key: 'limit2' }))
    const places: Place[] = [...body, ...placesIn(changed.query), ...placesIn(changed.path), ...added]
    const { holder, key } = places[at % places.length] as Place
    holder[key] = change(holder[key])
    return {
      ...changed,
      path: asTexts(changed.path),
      query: asTexts(changed.query),
      body: changed.body === undefined ? undefined : JSON.parse(JSON.stringify(changed.body)),
    }
  })
