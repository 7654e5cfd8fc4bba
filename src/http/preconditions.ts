import type { RouteConfig } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type Guard, requires } from '../db/guard.ts'
import { statements, toStatement } from '../db/statement.ts'
import type { Actor, UserContext } from './context.ts'
import { entityTag } from './etag.ts'
import { preconditionFailed } from './problems.ts'
import { docs } from './schema.ts'

/** The header of a write that names the version which the client has seen. */
export const IfMatch = {
  'if-match': z.string().optional().register(docs, {
    description: 'The `ETag` that you have read: if the resource has changed since, the answer is a 412',
  }),
}

/** The header of a PUT that must only create. */
export const IfNoneMatch = {
  'if-none-match': z
    .string()
    .optional()
    .register(docs, { description: '`*` only creates: if the resource exists, the answer is a 412' }),
}

/** The header of a GET that names the client's cached copy. It is only documented: any text is valid. */
export const cacheParameters: RouteConfig['parameters'] = [
  {
    name: 'if-none-match',
    in: 'header',
    description: 'The `ETag` of your copy: while it is current, the answer is a 304',
    schema: { type: 'string' },
  },
]

/** An `entityTag`: whose, the revision, and for a budget the month, which is ignored. */
const TAG = /^\s*"([0-9a-f]{12})-(\d{1,15})(?:-\d+)?"\s*$/

/** The revision in an entity tag of the actor's own. -1, which no row has, where it is none or a weak one (RFC 9110). */
export const revisionIn = ({ userId }: Actor, tag: string): number => {
  const [, owner, revision] = TAG.exec(tag) ?? []
  return owner === userId.slice(-12) ? Number(revision) : -1
}

/** The revisions in a list of entity tags of the actor's own. */
const revisionsIn = (actor: Actor, list: string) =>
  sql.join(
    ['', ...list.split(',')].map((tag) => sql`${revisionIn(actor, tag)}`),
    sql`, `,
  )

const IS_ANOTHER =
  'The resource is not, or no longer, the one that `If-Match` names. Nothing was written. Get it and decide again: `ETag` is ' +
  'that of now, if there is one.'
const IS_THERE =
  'The resource is there already, and `If-None-Match` requires that it is not. Nothing was written. `ETag` is that of now.'

/**
 * The guards for `If-Match` and `If-None-Match`. `current` selects the revision of the resource, or null if it does not
 * exist: then `If-Match` fails a PUT with a 412, while other methods are left to answer with their 404. `replaced` selects
 * the revision of the resource that a PUT would replace, if that is not `current`.
 */
export const preconditionGuards = (c: UserContext, current: SQL, replaced = current): Guard[] => {
  const { req } = c
  const actor = c.get('actor')
  const [ifMatch, ifNoneMatch] = [req.header('If-Match'), req.header('If-None-Match')]
  const isPut = req.method === 'PUT'
  const conditions: { condition: SQL; revision: SQL; detail: string }[] = []
  const mustHold = (condition: SQL, revision: SQL, detail: string) => conditions.push({ condition, revision, detail })
  if (ifMatch === '*') mustHold(isPut ? sql`${current} IS NOT NULL` : sql`TRUE`, current, IS_ANOTHER)
  else if (ifMatch !== undefined) {
    const isMissing = isPut ? sql`FALSE` : sql`TRUE`
    mustHold(sql`coalesce(${current} IN (${revisionsIn(actor, ifMatch)}), ${isMissing})`, current, IS_ANOTHER)
  }
  if (isPut && ifNoneMatch === '*') mustHold(sql`${replaced} IS NULL`, replaced, IS_THERE)
  else if (isPut && ifNoneMatch !== undefined) {
    const named = revisionsIn(actor, ifNoneMatch.replaceAll('W/', ''))
    mustHold(sql`coalesce(${replaced} NOT IN (${named}), TRUE)`, replaced, IS_THERE)
  }
  return conditions.map(({ condition, revision, detail }) => ({
    statement: toStatement(requires(condition)),
    explanation: toStatement(statements.select({ revision: sql<number | null>`${revision}` }).from(sql`(SELECT 1)`)),
    problem: ([row]) => {
      const found = row?.[0]
      return preconditionFailed({ detail, headers: found == null ? {} : { ETag: entityTag(actor, Number(found)) } })
    },
  }))
}
