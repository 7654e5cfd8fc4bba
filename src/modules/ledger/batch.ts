import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import { ConstraintError } from '../../db/errors.ts'
import { guard } from '../../db/guard.ts'
import { invalidRequest } from '../../http/problems.ts'
import { docs, Id } from '../../http/schema.ts'

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
    if (seen.has(id)) fault(path, 'duplicate', 'Is in the batch twice')
    seen.add(id)
  }
}

/** The body of a batch of `item`s, which are put by the ids that they carry. */
export const batchOf = <T extends z.ZodType<{ id: string }>>(item: T, name: string, example: object) =>
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
    .openapi(name, { example })

/** The constraint that a batch breaks which has an item at fault. */
const ITEM_AT_FAULT = 'item_at_fault'

/** A guard that there is no row of `faults`, which selects `pointer, code`. */
export const faultlessGuard = (faults: SQL) => guard(ITEM_AT_FAULT, sql`NOT EXISTS (${faults})`)

/** Throws invalidRequest with every fault that the guard has found, which the write is to `explain` first. */
export const throwFaults =
  (messages: Record<string, string>) =>
  (error: unknown): never => {
    if (!(error instanceof ConstraintError && error.constraint === ITEM_AT_FAULT)) throw error
    const errors = (error.explanation[0] ?? []).map(([pointer, code]) => ({
      in: 'body' as const,
      pointer: String(pointer),
      code: String(code),
      message: messages[String(code)] ?? '',
    }))
    throw invalidRequest({ errors })
  }

/** The ids of a batch as rows of `key, value`: the place of each, and the id. */
export const idRows = (ids: string[]) => sql`json_each(${JSON.stringify(ids)})`

/** The rows in the order of their ids. */
export const inOrder = <R extends { id: string }>(ids: string[], rows: R[]): R[] => {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
