import { and, desc, eq, gt, lt, ne, sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, compileEach, type Params, type Statement, statements, toStatement } from '../../db/statement.ts'
import type { Actor, SessionActor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Id } from '../../http/schema.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { sessionNotFound } from './problems.ts'
import { type SessionRow, sessions } from './table.ts'

/** How long a session lives without being refreshed: 30 days. */
export const SESSION_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000

/** How many sessions a user can have. */
export const MAX_SESSIONS = 50

const MAX_USER_AGENT = 255

/** The row of a session that starts now. `userAgent` is the client's `User-Agent` header. */
export const newSession = (userId: string, userAgent: string | undefined): SessionRow => {
  const at = now()
  return {
    userId,
    id: newId(),
    generation: 0,
    // The cut may split an emoji: libSQL refuses half of one.
    userAgent: userAgent?.slice(0, MAX_USER_AGENT).toWellFormed() ?? null,
    createdAt: at,
    refreshedAt: at,
    expiresAt: at + SESSION_LIFETIME_MS,
  }
}

export const insertSession = (session: SessionRow) => toStatement(statements.insert(sessions).values(session))

type Own = Params<'userId' | 'sessionId'>

/** Matches the actor's session with this id, and nobody else's. */
export const isSession = ({ userId, sessionId }: Own) =>
  sql`${sessions.userId} = ${userId} AND ${sessions.id} = ${sessionId}`

const requireLive = compile((own: Params<'userId' | 'sessionId' | 'now'>) =>
  requires(
    sql`EXISTS (SELECT 1 FROM sessions
      WHERE user_id = ${own.userId} AND id = ${own.sessionId} AND expires_at > ${own.now})`,
  ),
)

/** Requires that the session of the access token is live. It runs together with the work of a request, not before it. */
export const sessionLives = ({ userId, sessionId }: SessionActor, problem: Guard['problem']): Guard => ({
  statement: requireLive({ userId, sessionId, now: now() }),
  problem,
})

const SORT = '-id'

/** The place of `row` in the list of sessions, for the cursor. */
export const placeOfSession = ({ id }: SessionRow): Place => ({ sort: SORT, value: id, id })

type Page = { limit: number; cursor?: string | undefined }

const selectPage = compileEach(
  ({ userId, now, after, limit }: Params<'userId' | 'now' | 'after' | 'limit'>, isNext: boolean) =>
    statements
      .select()
      .from(sessions)
      .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now), isNext ? lt(sessions.id, after) : undefined))
      .orderBy(desc(sessions.id))
      .limit(limit),
)

/** A page of the actor's live sessions, newest first, and one row more. Throws invalidRequest for a bad cursor. */
export const listSessions = ({ userId }: Actor, { limit, cursor }: Page) => {
  const after = cursor ? fromCursor(cursor, SORT, Id).id : ''
  return selectPage(cursor !== undefined)({ userId, now: now(), after, limit: limit + 1 })
}

const requireOne = compile((own: Own) => requires(sql`EXISTS (SELECT 1 FROM sessions WHERE ${isSession(own)})`))

/** Requires that the actor has this session. */
export const sessionExists = ({ userId }: Actor, sessionId: string): Guard => ({
  statement: requireOne({ userId, sessionId }),
  problem: () => sessionNotFound(),
})

export const deleteSession = ({ userId }: Actor, sessionId: string) =>
  toStatement(statements.delete(sessions).where(and(eq(sessions.userId, userId), eq(sessions.id, sessionId))))

export const deleteAllSessions = ({ userId }: Pick<Actor, 'userId'>) =>
  toStatement(statements.delete(sessions).where(eq(sessions.userId, userId)))

export const deleteOtherSessions = ({ userId, sessionId }: SessionActor) =>
  toStatement(statements.delete(sessions).where(and(eq(sessions.userId, userId), ne(sessions.id, sessionId))))

const deleteExpired = compile(
  ({ userId, now }: Params<'userId' | 'now'>) =>
    sql`DELETE FROM sessions WHERE user_id = ${userId} AND expires_at <= ${now}`,
)

const deleteIdle = compile(
  ({ userId }: Params<'userId'>) => sql`DELETE FROM sessions WHERE user_id = ${userId} AND id IN (
    SELECT id FROM sessions WHERE user_id = ${userId} ORDER BY refreshed_at DESC, id DESC
    LIMIT -1 OFFSET ${sql.raw(String(MAX_SESSIONS))})`,
)

/** Deletes a user's sessions that have expired and, of more than MAX_SESSIONS, those not refreshed for longest. */
export const pruneSessions = (userId: string): Statement[] => [
  deleteExpired({ userId, now: now() }),
  deleteIdle({ userId }),
]
