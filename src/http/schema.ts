import './zod.ts'
import * as z from 'zod'
import { FIRST_DAY, LAST_DAY } from '../shared/calendar.ts'
import { isCurrency, MAX_AMOUNT } from '../shared/money.ts'

/** The registry of a schema's documentation. Unlike `.openapi()`, `.register(docs, …)` does not copy the schema. */
export const docs = z.globalRegistry

/**
 * A response schema that is created on first use. Only the OpenAPI document uses it, so requests do not pay for it when
 * an isolate starts.
 */
export const answerSchema = <T extends z.ZodType>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** In an answer, what has a name of its own, or null: `.nullable()` would give that name to both. */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])

/** The `ETag` of an item among others. */
const ItemTag = z.string().register(docs, {
  description: 'The `ETag` of the item: send it as `If-Match`',
  example: '"3d1f8a2b4c5e-17"',
})

/** An item of a list or of the answer to a batch: a resource, with its `etag`. */
export const tagged = <T extends z.ZodObject>(item: () => T, name: string) =>
  answerSchema(() => z.object({ ...item().shape, etag: ItemTag }).openapi(name))

/** What an item of a batch can have, to be put only if it is as the client has seen it. */
export const SeenTag = z.string().max(200).optional().register(docs, {
  description: 'The `etag` that you have read: if the item has changed since, the batch is a 412 that points at it',
})

/** Counts code points, as JSON Schema does: an emoji is one character, not two UTF-16 units. */
const lengthBetween = (min: number, max: number) => (value: string) => {
  const { length } = Array.from(value)
  return length >= min && length <= max
}

const isPlainText = (value: string) => value.isWellFormed() && !value.includes('\0')

const hasLength = (min: number, max: number) =>
  z.refine<string>(lengthBetween(min, max), {
    params: { code: 'invalid_length', minimum: min, maximum: max },
    message: `Must have ${min} to ${max} characters`,
  })

const isPlain = z.refine<string>(isPlainText, {
  params: { code: 'invalid_text' },
  message: 'Has U+0000 or a lone surrogate',
})

/** Untrimmed text of `min` to `max` characters, without U+0000 and lone surrogates. */
export const rawText = (min: number, max: number, documentation: object = {}) =>
  z
    .string()
    .check(isPlain, hasLength(min, max))
    .register(docs, { minLength: min, maxLength: max, ...documentation })

/** The same, trimmed. Both what is sent and what is left of it must have the length: the document tells of the former. */
export const text = (min: number, max: number, documentation: object = {}) =>
  z
    .string()
    .check(hasLength(min, max), z.trim(), isPlain, hasLength(min, max))
    .register(docs, { minLength: min, maxLength: max, ...documentation })

/** The same, in lower case. */
export const lowerCaseText = (min: number, max: number, documentation: object = {}) =>
  z
    .string()
    .check(hasLength(min, max), z.trim(), z.toLowerCase(), isPlain, hasLength(min, max))
    .register(docs, { minLength: min, maxLength: max, ...documentation })

export const ID_EXAMPLE = '0198c5d2-7b3e-7c4a-9f60-3d1f8a2b4c5e'

const ID_PATTERN = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

export const Id = z
  .uuidv7()
  .lowercase()
  .register(docs, {
    description: 'A UUIDv7 in lower case',
    format: 'uuid',
    pattern: `^${ID_PATTERN}$`,
    example: ID_EXAMPLE,
  })

/** An id, or a word in its place. One string, not a union: generators make an empty class of that. */
export const idOr = (word: string) =>
  z.string().regex(new RegExp(`^(${ID_PATTERN}|${word})$`), `Must be a UUIDv7 in lower case, or \`${word}\``)

/** It has no example, because /apidocs would send it, and no resource has that id. */
export const IdParam = z.strictObject({ id: Id.openapi({ param: { name: 'id', in: 'path' }, example: undefined }) })

export const Amount = z.int().min(1).max(MAX_AMOUNT).register(docs, {
  description:
    'Money in minor units of the currency: 1299 is 12.99 in USD, 1299 in JPY. `GET /v1/currencies` has the decimals of each',
  example: 1299,
})

export const Currency = z
  .string()
  .refine(isCurrency, {
    params: { code: 'unknown_currency' },
    message: 'Must be a currency code of ISO 4217, one of GET /v1/currencies',
  })
  .register(docs, {
    description: 'A currency of ISO 4217: one of `GET /v1/currencies`',
    pattern: '^[A-Z]{3}$',
    example: 'USD',
  })

export const Day = z.iso
  .date({ abort: true })
  .refine((day) => day >= FIRST_DAY && day <= LAST_DAY, {
    params: { code: 'out_of_range' },
    message: `Must be between ${FIRST_DAY} and ${LAST_DAY}`,
  })
  .register(docs, {
    description: `A calendar day from ${FIRST_DAY} to ${LAST_DAY}, with no time and no zone`,
    format: 'date',
    pattern: '^(19[7-9]\\d|2[01]\\d\\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
  })

const MONTH_PATTERN = '(19[7-9]\\d|20\\d\\d|21\\d\\d)-(0[1-9]|1[0-2])'

/** A month, or a word in its place. */
export const monthOr = (word: string) =>
  z
    .string()
    .regex(
      new RegExp(`^(${MONTH_PATTERN}|${word})$`),
      `Must be a month YYYY-MM from 1970-01 to 2199-12, or \`${word}\``,
    )

export const Month = z
  .string()
  .regex(new RegExp(`^${MONTH_PATTERN}$`), 'Must be a month YYYY-MM from 1970-01 to 2199-12')
  .register(docs, { description: 'A month, from 1970-01 to 2199-12' })

export const MonthStartDay = z.int().min(1).max(28).register(docs, {
  description: "The day on which the user's month starts: 1 is the calendar month, 25 may be payday",
  example: 1,
})

export const Instant = z.string().register(docs, {
  description: 'RFC 3339 in UTC with milliseconds',
  format: 'date-time',
  example: '2026-11-23T09:30:00.000Z',
})

/** A boolean in a query string, where every value is text. */
export const queryBoolean = (description: string) =>
  z
    .stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })
    .optional()
    .register(docs, { type: 'boolean', description })

/** The query of a write that supports a dry run. */
export const DryRunQuery = z.strictObject({
  dryRun: queryBoolean(
    'Write nothing, and answer what would be answered. The `ETag` then matches nothing, and an `Idempotency-Key` is ' +
      'ignored.',
  ),
})

/** An integer in a query string, where every value is text. */
export const queryInteger = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'Must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .register(docs, { type: 'integer', minimum: min, maximum: max })
