import { base64url } from 'jose'
import * as z from 'zod'
import { faultAt } from './problems.ts'
import { answerSchema, docs, Id, queryInteger } from './schema.ts'

/** Room for the longest name of a category, each character of it escaped in JSON. */
const MAX_CURSOR = 2000

/** The query parameters of a paged list. */
export const pageQuery = {
  limit: queryInteger(1, 100).default(50).register(docs, { description: 'How many at most, 1 to 100', default: 50 }),
  cursor: z
    .string()
    .min(1)
    .max(MAX_CURSOR)
    .optional()
    .register(docs, { description: '`nextCursor` of the page before' }),
}

/** A page of a list, as it is answered, with what `further` members it has. */
export const pageOf = <T extends z.ZodType>(item: () => T, name: string, further: () => z.ZodRawShape = () => ({})) =>
  answerSchema(() =>
    z
      .object({
        data: z.array(item()),
        nextCursor: z.string().nullable().register(docs, {
          description: 'Send it as `cursor` to get the next page; null on the last',
          example: null,
        }),
        ...further(),
      })
      .openapi(name),
  )

/**
 * The position of a row in a sorted list (keyset pagination): the name of the order, the value that it sorts by, and the
 * id that orders rows of equal value. Unlike an offset, it does not shift when rows are written meanwhile.
 */
export type Place = { sort: string; value: string | number; id: string }

/** Makes invalidRequest for a cursor that is not one of this list. */
export const badCursor = (name = 'cursor') =>
  faultAt('query', `/${name}`, 'invalid_cursor', 'Must be a `nextCursor` of this list')()

/** Encodes the content of a cursor as opaque text. */
export const encodeCursor = (content: unknown[]) => base64url.encode(JSON.stringify(content))

/** The content of a cursor, or null if it is malformed. Cursors are not signed, so the content must be validated. */
export const decodeCursor = (cursor: string): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(base64url.decode(cursor)))
  } catch {
    return null
  }
}

/** Encodes a place as a cursor. */
const toCursor = ({ sort, value, id }: Place) => encodeCursor([sort, value, id])

/** Decodes a cursor of the list ordered by `sort`, whose values match the schema `value`. Throws invalidRequest. */
export const fromCursor = (cursor: string, sort: string, value: z.ZodType<string | number>): Place => {
  const { success, data } = z.tuple([z.literal(sort), value, Id]).safeParse(decodeCursor(cursor))
  if (!success) throw badCursor()
  return { sort, value: data[1], id: data[2] }
}

/** A page of `rows`. The query must fetch `limit + 1` rows, so that the last one shows whether there is another page. */
export const toPage = <R, T>(rows: R[], limit: number, toItem: (row: R) => T, toPlace: (row: R) => Place) => {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { data: shown.map(toItem), nextCursor: last === undefined ? null : toCursor(toPlace(last)) }
}
