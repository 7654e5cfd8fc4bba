import { sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, statements } from '../../db/statement.ts'
import { now } from '../../shared/clock.ts'
import type { ProblemError } from '../../shared/problem.ts'
import { isSession, SESSION_LIFETIME_MS } from '../sessions/queries.ts'
import { sessions } from '../sessions/table.ts'
import { userColumns } from '../users/queries.ts'
import { users } from '../users/table.ts'
import type { Generation } from './refresh-token.ts'
import { rotations } from './table.ts'

/** How long a rotated token still gets its successor, in case the answer was lost. */
const TOLERANCE_MS = 30 * 1000

type Names = 'userId' | 'sessionId' | 'generation' | 'now' | 'oldest' | 'expiresAt'

const valuesOf = ({ userId, sessionId, generation }: Generation) => {
  const at = now()
  return { userId, sessionId, generation, now: at, oldest: at - TOLERANCE_MS, expiresAt: at + SESSION_LIFETIME_MS }
}

const rotationsOf = ({ userId, sessionId }: Params<Names>) =>
  sql`${rotations.userId} = ${userId} AND ${rotations.sessionId} = ${sessionId}`

const isRecentRotation = (token: Params<Names>) =>
  sql`${rotationsOf(token)} AND ${rotations.generation} = ${token.generation} AND ${rotations.at} >= ${token.oldest}`

const isLive = ({ now }: Params<Names>) => sql`${sessions.expiresAt} > ${now}`

/**
 * Ends the session if its token was rotated too long ago for a lost answer: then somebody else has the token (RFC 9700,
 * section 4.14.2).
 */
const endIfReused = compile(
  (token: Params<Names>) => sql`DELETE FROM sessions WHERE ${isSession(token)} AND generation > ${token.generation}
    AND NOT EXISTS (SELECT 1 FROM rotations WHERE ${isRecentRotation(token)})`,
)

/** Stores when this token was rotated, the first time. */
const recordRotation = compile(
  (token: Params<Names>) => sql`INSERT INTO rotations (user_id, session_id, generation, at)
    SELECT user_id, id, generation, ${token.now} FROM sessions
    WHERE ${isSession(token)} AND generation = ${token.generation} AND ${isLive(token)} ON CONFLICT DO NOTHING`,
)

/** Starts the next generation if this token is of the newest one. */
const makeNext = compile(
  (token: Params<Names>) => sql`UPDATE sessions
    SET generation = generation + 1, refreshed_at = ${token.now}, expires_at = ${token.expiresAt}
    WHERE ${isSession(token)} AND generation = ${token.generation} AND ${isLive(token)}`,
)

const forgetOldRotations = compile(
  (token: Params<Names>) => sql`DELETE FROM rotations WHERE ${rotationsOf(token)} AND at < ${token.oldest}`,
)

const selectSuccessor = compile((token: Params<Names>) =>
  statements
    .select({ session: sessions, user: userColumns, rotatedAt: rotations.at })
    .from(sessions)
    .innerJoin(rotations, isRecentRotation(token))
    .innerJoin(users, sql`${users.id} = ${sessions.userId}`)
    .where(sql`${isSession(token)} AND ${isLive(token)}`),
)

/**
 * Rotates a refresh token. `successor` is then the session, its user and the time of the rotation; it is empty if the
 * token is not entitled to a successor.
 */
export const rotation = (token: Generation) => {
  const values = valuesOf(token)
  return {
    write: [endIfReused(values), recordRotation(values), makeNext(values), forgetOldRotations(values)],
    after: { successor: selectSuccessor(values) },
  }
}

const requireHash = compile(({ id, passwordHash }: Params<'id' | 'passwordHash'>) =>
  requires(sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND password_hash = ${passwordHash})`),
)

/** Requires that the password has not changed since it was compared. */
export const passwordUnchanged = (user: { id: string; passwordHash: string }, problem: () => ProblemError): Guard => ({
  statement: requireHash({ id: user.id, passwordHash: user.passwordHash }),
  problem,
})
