import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Guard, requires } from '../../db/guard.ts'
import { toStatement } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { revisionIn } from '../../http/preconditions.ts'
import { invalidRequest, preconditionFailed } from '../../http/problems.ts'
import { docs, Id } from '../../http/schema.ts'
import { MAX_AMOUNT } from '../../shared/money.ts'
import { baseAmountOf, digitsJson } from './conversion.ts'
import { itemsJson, type OwnedTable } from './queries.ts'

/** How many items a batch may have, of both kinds together. */
const MAX_ITEMS = 100

type Items = { put: { id: string }[]; delete: string[] }

/** Refuses a batch that is empty or too long, or names an id twice. */
const checkItems = ({ put, delete: deleted }: Items, context: z.RefinementCtx) => {
  const fault = (path: (string | number)[], code: string, message: string) =>
    context.addIssue({ code: 'custom', path, params: { code }, message })
  const count = put.length + deleted.length
  if (count === 0 || count > MAX_ITEMS) fault([], 'invalid_length', `Must have 1 to ${MAX_ITEMS} items together`)
  const places: [string, (string | number)[]][] = [
    ...put.map(({ id }, i): [string, (string | number)[]] => [id, ['put', i, 'id']]),
    ...deleted.map((id, i): [string, (string | number)[]] => [id, ['delete', i]]),
  ]
  const seen = new Set<string>()
  for (const [id, path] of places) {
    if (seen.has(id)) fault(path, 'duplicate', 'Must not be in the batch twice')
    seen.add(id)
  }
}

/** The body of a batch of `item`s, which are put by the ids that they carry. `check` refuses what else is wrong with it. */
export const batchOf = <T extends z.ZodType<{ id: string }>>(
  item: T,
  name: string,
  example: object,
  check: (batch: { put: z.output<T>[] }, context: z.RefinementCtx) => void = () => undefined,
) =>
  z
    .strictObject({
      put: z
        .array(item)
        .max(MAX_ITEMS)
        .default([])
        .register(docs, { description: 'Each is created or replaced, by its id' }),
      delete: z.array(Id).max(MAX_ITEMS).default([]).register(docs, { description: 'The ids of those to delete' }),
    })
    .superRefine(checkItems)
    .superRefine(check)
    .openapi(name, { example })

/** Requires that nothing is at fault in the items of a batch: `faults` selects what is, as `pointer, code`. */
export const faultsGuard = (faults: SQL, messages: Record<string, string>): Guard => {
  const explanation = toStatement(faults)
  return {
    statement: toStatement(requires(sql`NOT EXISTS (${faults})`)),
    explanation,
    problem: (rows) =>
      invalidRequest({
        errors: rows.map(([pointer, code]) => ({
          in: 'body',
          pointer: String(pointer),
          code: String(code),
          message: messages[String(code)] ?? '',
        })),
      }),
  }
}

/** Requires that the items of a batch which come with an `etag` are as the client has seen them. */
export const areAsSeen = (
  actor: Actor,
  table: OwnedTable,
  put: { id: string; etag?: string | undefined }[],
): Guard[] => {
  const seen = put.flatMap(({ id, etag }, i) => (etag === undefined ? [] : [[i, id, revisionIn(actor, etag)]]))
  if (seen.length === 0) return []
  const changed = sql`SELECT '/put/' || (value ->> 0) || '/etag' FROM json_each(${JSON.stringify(seen)}) AS seen
    WHERE NOT EXISTS (SELECT 1 FROM ${table} AS it WHERE it.user_id = ${actor.userId} AND it.id = seen.value ->> 1
      AND it.deleted_at IS NULL AND it.revision = seen.value ->> 2)`
  return [
    {
      statement: toStatement(requires(sql`NOT EXISTS (${changed})`)),
      explanation: toStatement(changed),
      problem: (rows) =>
        preconditionFailed({
          detail: '`errors` lists the items that have changed since you read their `etag`. Nothing was written.',
          errors: rows.map(([pointer]) => ({
            in: 'body',
            pointer: String(pointer),
            code: 'changed',
            message: 'Has changed since: get it and decide again',
          })),
        }),
    },
  ]
}

/**
 * The items of a batch to put, for a WITH: as rows of `key, value`, and of what decides whether the rate of an item is at
 * fault.
 */
export const batchItems = (userId: string, put: object[]) => sql`items AS (
  SELECT key, value, value ->> 'amount' AS amount, coalesce(value ->> 'currency', base_currency) AS currency,
    value ->> 'exchangeRate' AS rate, base_currency
  FROM json_each(${itemsJson(put)}), (SELECT currency AS base_currency FROM users WHERE users.id = ${userId}))`

/** What is at fault with the rates of those items, as `pointer, code`. */
export const rateFaults = () => {
  const baseAmount = baseAmountOf({
    amount: sql`amount`,
    currency: sql`currency`,
    exchangeRate: sql`rate`,
    baseCurrency: sql`base_currency`,
    digits: sql`${digitsJson()}`,
  })
  return sql`SELECT '/put/' || key || '/exchangeRate' AS pointer, CASE
      WHEN currency <> base_currency AND rate IS NULL THEN 'required'
      WHEN currency = base_currency AND rate IS NOT NULL THEN 'not_needed'
      ELSE 'converted_out_of_range' END AS code
    FROM items
    WHERE (currency <> base_currency) <> (rate IS NOT NULL) OR ${baseAmount} NOT BETWEEN 1 AND ${MAX_AMOUNT}`
}

/** The ids of a batch as rows of `key, value`: the place of each, and the id. */
export const idRows = (ids: string[]) => sql`json_each(${JSON.stringify(ids)})`
