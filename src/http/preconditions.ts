import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import { type Guard, requires } from '../db/guard.ts'
import { toStatement } from '../db/statement.ts'
import { preconditionFailed } from './problems.ts'
import { docs } from './schema.ts'

/** The header by which a write says what it has seen. */
export const IfMatch = {
  'if-match': z.string().optional().register(docs, {
    description: 'The `ETag` that you have read: if the resource has changed since, the answer is a 412',
  }),
}

/** The header by which a PUT says that it only creates. */
export const IfNoneMatch = {
  'if-none-match': z
    .string()
    .optional()
    .register(docs, { description: '`*` only creates: if the resource exists, the answer is a 412' }),
}

/** What a GET may say of the copy that the client has. */
export const CachedHeaders = z.object({
  'if-none-match': z.string().optional().register(docs, {
    description: 'The `ETag` of your copy: while it is current, the answer is a 304',
  }),
})

/**
 * The revisions that a list of entity tags names: strong ones, as RFC 9110 has it, with whatever else a tag says after
 * a hyphen. None is ever -1, which keeps the list from being empty.
 */
const revisionsIn = (list: string) =>
  sql.join(
    [-1, ...list.split(',').flatMap((tag) => /^\s*"(\d{1,15})(?:-\d+)?"\s*$/.exec(tag)?.[1] ?? [])].map(
      (revision) => sql`${Number(revision)}`,
    ),
    sql`, `,
  )

/**
 * Guards that `If-Match` and `If-None-Match` demand of the revision that `current` selects, or null where nothing is
 * there: a PUT then fails, and what needs something to be there is left to find that out. `replaced` selects the
 * revision of what a PUT would replace, where that is not the same.
 */
export const preconditionGuards = ({ req }: Pick<Context, 'req'>, current: SQL, replaced = current): Guard[] => {
  const [ifMatch, ifNoneMatch] = [req.header('If-Match'), req.header('If-None-Match')]
  const isPut = req.method === 'PUT'
  const conditions: SQL[] = []
  if (ifMatch === '*') conditions.push(isPut ? sql`${current} IS NOT NULL` : sql`TRUE`)
  else if (ifMatch !== undefined)
    conditions.push(sql`coalesce(${current} IN (${revisionsIn(ifMatch)}), ${isPut ? sql`FALSE` : sql`TRUE`})`)
  if (isPut && ifNoneMatch === '*') conditions.push(sql`${replaced} IS NULL`)
  else if (isPut && ifNoneMatch !== undefined)
    conditions.push(sql`coalesce(${replaced} NOT IN (${revisionsIn(ifNoneMatch.replaceAll('W/', ''))}), TRUE)`)
  return conditions.map((condition) => ({
    statement: toStatement(requires(condition)),
    problem: () => preconditionFailed(),
  }))
}
