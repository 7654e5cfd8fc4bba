import { and, eq, gt, gte, lt, notExists, sql } from 'drizzle-orm'
import { guard } from '../../db/guard.ts'
import { statements } from '../../db/statements.ts'
import { now } from '../../shared/clock.ts'
import { isLive, isSession, SESSION_LIFETIME } from '../sessions/queries.ts'
import { sessions } from '../sessions/table.ts'
import { users } from '../users/table.ts'
import type { Generation } from './refresh-token.ts'
import { rotations } from './table.ts'

/** How long a token that was rotated still gets its successor, in milliseconds: the answer may have been lost. */
const TOLERANCE = 30 * 1000

const sessionOf = (token: Generation) => isSession(token, token.sessionId)

const rotationsOf = ({ userId, sessionId }: Generation) =>
  and(eq(rotations.userId, userId), eq(rotations.sessionId, sessionId))

const recentRotationOf = (token: Generation) =>
  and(rotationsOf(token), eq(rotations.generation, token.generation), gte(rotations.at, now() - TOLERANCE))

/**
 * Ends the session if its token was rotated too long ago for a lost answer: somebody else has it too (RFC 9700,
 * section 4.14.2).
 */
export const endIfReused = (token: Generation) => {
  const recent = statements.select({ at: rotations.at }).from(rotations).where(recentRotationOf(token))
  return statements
    .delete(sessions)
    .where(and(sessionOf(token), gt(sessions.generation, token.generation), notExists(recent)))
}

/** Makes the next generation, if this token is of the newest one; `recordRotation` goes before it. */
export const rotate = (token: Generation) => {
  const at = now()
  return statements
    .update(sessions)
    .set({ generation: token.generation + 1, refreshedAt: at, expiresAt: at + SESSION_LIFETIME })
    .where(and(sessionOf(token), eq(sessions.generation, token.generation), isLive()))
}

/** Notes when this token was rotated, unless it was before. */
export const recordRotation = (token: Generation) =>
  statements
    .insert(rotations)
    .select(
      sql`SELECT user_id, id, generation, ${now()} FROM sessions
        WHERE ${sessionOf(token)} AND generation = ${token.generation} AND ${isLive()}`,
    )
    .onConflictDoNothing()

export const forgetOldRotations = (token: Generation) =>
  statements.delete(rotations).where(and(rotationsOf(token), lt(rotations.at, now() - TOLERANCE)))

/** When this token was rotated, with its session and its user; nothing where it has no right to a successor. */
export const successorOf = (token: Generation) =>
  statements
    .select({ session: sessions, user: users, rotatedAt: rotations.at })
    .from(sessions)
    .innerJoin(rotations, recentRotationOf(token))
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(sessionOf(token), isLive()))

/** The constraint that a batch breaks whose password was changed after it had been compared. */
export const PASSWORD_CHANGED = 'password_changed'

export const passwordGuard = ({ id, passwordHash }: { id: string; passwordHash: string }) =>
  guard(PASSWORD_CHANGED, sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND password_hash = ${passwordHash})`)
