import { and, eq, gt, lt, or, sql } from 'drizzle-orm'
import { guard } from '../../db/guard.ts'
import { statements } from '../../db/statements.ts'
import { now } from '../../shared/clock.ts'
import { isLive, isSession, SESSION_LIFETIME } from '../sessions/queries.ts'
import { sessions } from '../sessions/table.ts'
import { users } from '../users/table.ts'
import type { Generation } from './refresh-token.ts'

/** How long a token that was rotated still gets its successor, in milliseconds: the answer may have been lost. */
const ROTATION_TOLERANCE = 30 * 1000

const sessionOf = (token: Generation) => isSession(token, token.sessionId)

/**
 * Ends the session if its token was rotated too long ago for a lost answer: somebody else has it too (RFC 9700,
 * section 4.14.2).
 */
export const endIfReused = (token: Generation) => {
  const next = token.generation + 1
  const isTooLate = and(eq(sessions.generation, next), lt(sessions.refreshedAt, now() - ROTATION_TOLERANCE))
  return statements.delete(sessions).where(and(sessionOf(token), or(gt(sessions.generation, next), isTooLate)))
}

/** Makes the next generation, if this token is of the newest one. */
export const rotate = (token: Generation) => {
  const at = now()
  return statements
    .update(sessions)
    .set({ generation: token.generation + 1, refreshedAt: at, expiresAt: at + SESSION_LIFETIME })
    .where(and(sessionOf(token), eq(sessions.generation, token.generation), isLive()))
}

/** The session and its user, if the successor of this token is the newest of its tokens. */
export const successorOf = (token: Generation) =>
  statements
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(sessionOf(token), eq(sessions.generation, token.generation + 1), isLive()))

/** The constraint that a batch breaks whose password was changed after it had been compared. */
export const PASSWORD_CHANGED = 'password_changed'

export const passwordGuard = ({ id, passwordHash }: { id: string; passwordHash: string }) =>
  guard(PASSWORD_CHANGED, sql`EXISTS (SELECT 1 FROM users WHERE id = ${id} AND password_hash = ${passwordHash})`)
