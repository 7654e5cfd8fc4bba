import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, compileEach, type Params, statements, toStatement } from '../../db/statement.ts'
import type { Actor, AppEnv } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Id } from '../../http/schema.ts'
import { now, toInstant } from '../../shared/clock.ts'
import { tokenNotFound, tooManyTokens } from './problems.ts'
import { toBits } from './scopes.ts'
import { type ApiTokenRow, apiTokens } from './table.ts'

/** How many API tokens a user has at most. */
const MAX_TOKENS = 50

type Owner = Pick<Actor, 'userId'>
type Key = Params<'userId' | 'hash'>

/** The row of a token, or one of nulls: its columns, as SQL that reads one row. */
const ofToken = ({ userId, hash }: Key) =>
  sql`FROM (SELECT 1) LEFT JOIN api_tokens ON user_id = ${userId} AND hash = ${hash}`

const requireLive = compile(
  (params: Key & Params<'now'>) =>
    sql`${requires(sql`expires_at > ${params.now}`, sql`last_used_on`)} ${ofToken(params)}`,
)

const requireScope = compile(
  (params: Key & Params<'accepted'>) => sql`${requires(sql`scopes & ${params.accepted}`)} ${ofToken(params)}`,
)

const noteUse = compile(
  ({ userId, hash, day }: Key & Params<'day'>) => sql`UPDATE api_tokens SET last_used_on = ${day}
    WHERE user_id = ${userId} AND hash = ${hash} AND last_used_on IS NOT ${day}`,
)

/** Requires that an API token is good and has one of the scopes. Both run together with the work of a request. */
export const tokenGuards: AppEnv['Variables']['tokenGuards'] = (key, scopes, { refused, outOfScope, held }) => {
  const at = now()
  const day = toInstant(at).slice(0, 10)
  return [
    {
      statement: requireLive({ ...key, now: at }),
      problem: refused,
      held: ([row]) => held(row?.[0] === day ? undefined : noteUse({ ...key, day })),
    },
    { statement: requireScope({ ...key, accepted: toBits(scopes) }), problem: outOfScope },
  ]
}

/** All columns but the digest, which nobody is shown. */
const shown = {
  id: apiTokens.id,
  name: apiTokens.name,
  scopes: apiTokens.scopes,
  createdAt: apiTokens.createdAt,
  expiresAt: apiTokens.expiresAt,
  lastUsedOn: apiTokens.lastUsedOn,
}

export type ShownToken = Pick<ApiTokenRow, keyof typeof shown>

const SORT = '-id'

/** The place of `row` in the list of API tokens, for the cursor. */
export const placeOfToken = ({ id }: ShownToken): Place => ({ sort: SORT, value: id, id })

type Page = { limit: number; cursor?: string | undefined }

const selectPage = compileEach(
  ({ userId, now, after, limit }: Params<'userId' | 'now' | 'after' | 'limit'>, isNext: boolean) =>
    statements
      .select(shown)
      .from(apiTokens)
      .where(
        and(eq(apiTokens.userId, userId), gt(apiTokens.expiresAt, now), isNext ? lt(apiTokens.id, after) : undefined),
      )
      .orderBy(desc(apiTokens.id))
      .limit(limit),
)

/** A page of the actor's API tokens, newest first, and one row more. Throws invalidRequest for a bad cursor. */
export const listTokens = ({ userId }: Owner, { limit, cursor }: Page) => {
  const after = cursor ? fromCursor(cursor, SORT, Id).id : ''
  return selectPage(cursor !== undefined)({ userId, now: now(), after, limit: limit + 1 })
}

const selectAll = compile(({ userId }: Params<'userId'>) =>
  statements.select(shown).from(apiTokens).where(eq(apiTokens.userId, userId)).orderBy(asc(apiTokens.id)),
)

/** All API tokens of the actor, in the order of their primary key. */
export const tokensOf = ({ userId }: Owner) => selectAll({ userId })

const requireRoom = compile(({ userId, now }: Params<'userId' | 'now'>) =>
  requires(sql`(SELECT count(*) FROM api_tokens WHERE user_id = ${userId} AND expires_at > ${now})
    < ${sql.raw(String(MAX_TOKENS))}`),
)

/** Stores a new API token. */
export const insertToken = (token: ApiTokenRow) => ({
  guards: [{ statement: requireRoom({ userId: token.userId, now: now() }), problem: () => tooManyTokens() }],
  write: [toStatement(statements.insert(apiTokens).values(token))],
})

/** Revokes all API tokens of a user. */
export const revokeAllTokens = ({ userId }: Owner) =>
  toStatement(statements.delete(apiTokens).where(eq(apiTokens.userId, userId)))

type Own = Params<'userId' | 'id'>

const requireOne = compile(({ userId, id }: Own) =>
  requires(sql`EXISTS (SELECT 1 FROM api_tokens WHERE user_id = ${userId} AND id = ${id})`),
)

const deleteOne = compile(({ userId, id }: Own) => sql`DELETE FROM api_tokens WHERE user_id = ${userId} AND id = ${id}`)

/** Revokes an API token of the actor: it is refused from the next call on. */
export const revokeToken = ({ userId }: Owner, id: string) => {
  const guard: Guard = { statement: requireOne({ userId, id }), problem: () => tokenNotFound() }
  return { guards: [guard], write: [deleteOne({ userId, id })] }
}
