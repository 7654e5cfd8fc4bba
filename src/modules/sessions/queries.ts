import { and, desc, eq, gt, lt, lte, ne } from 'drizzle-orm'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { fromCursor, type Place } from '../../http/pagination.ts'
import { Id } from '../../http/schema.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { type SessionRow, sessions } from './table.ts'

/** How long a session lives without being refreshed, in milliseconds: 30 days. */
export const SESSION_LIFETIME = 30 * 24 * 60 * 60 * 1000

const MAX_USER_AGENT = 255

/** The row of a session that begins now. `userAgent` is what the client calls itself. */
export const newSession = (userId: string, userAgent: string | undefined): SessionRow => {
  const at = now()
  return {
    userId,
    id: newId(),
    generation: 0,
    // Cut anywhere, an emoji would leave half of itself, which libSQL does not take.
    userAgent: userAgent?.slice(0, MAX_USER_AGENT).toWellFormed() ?? null,
    createdAt: at,
    refreshedAt: at,
    expiresAt: at + SESSION_LIFETIME,
  }
}

export const insertSession = (session: SessionRow) => statements.insert(sessions).values(session)

/** The actor's session with this id; the id of somebody else's names none. */
export const isSession = ({ userId }: Pick<Actor, 'userId'>, sessionId: string) =>
  and(eq(sessions.userId, userId), eq(sessions.id, sessionId))

export const isLive = () => gt(sessions.expiresAt, now())

const SORT = '-id'

/** Where `row` stands in the list of sessions, for its cursor. */
export const placeOfSession = ({ id }: SessionRow): Place => ({ sort: SORT, value: id, id })

type Page = { limit: number; cursor?: string | undefined }

/** A page of the actor's live sessions, newest first, and one more. Throws invalidRequest for a bad cursor. */
export const listSessions = ({ userId }: Actor, { limit, cursor }: Page) =>
  statements
    .select()
    .from(sessions)
    .where(
      and(eq(sessions.userId, userId), isLive(), cursor ? lt(sessions.id, fromCursor(cursor, SORT, Id).id) : undefined),
    )
    .orderBy(desc(sessions.id))
    .limit(limit + 1)

export const deleteSession = (actor: Actor, sessionId: string) =>
  statements.delete(sessions).where(isSession(actor, sessionId)).returning({ id: sessions.id })

export const deleteOtherSessions = ({ userId, sessionId }: Actor) =>
  statements.delete(sessions).where(and(eq(sessions.userId, userId), ne(sessions.id, sessionId)))

/** Clears away what no request can use any more. */
export const deleteExpiredSessions = (userId: string) =>
  statements.delete(sessions).where(and(eq(sessions.userId, userId), lte(sessions.expiresAt, now())))
