import { sql } from 'drizzle-orm'
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import { guard } from '../db/guard.ts'
import { now } from '../shared/clock.ts'
import type { Actor, UserEnv } from './context.ts'
import { signToken, type TokenKind, verifyToken } from './jwt.ts'
import { invalidToken } from './problems.ts'

/** How long an access token lives, in seconds. */
export const ACCESS_LIFETIME = 600

const ACCESS_TOKEN: TokenKind = { type: 'at+jwt', audience: 'outlay-api', claims: ['sid', 'zoneinfo'] }

/** A new access token (RFC 9068) for the session of `actor`. */
export const signAccessToken = (config: Config, actor: Actor): Promise<string> => {
  const issuedAt = Math.floor(now() / 1000)
  return signToken(config.signingKeys, ACCESS_TOKEN, {
    subject: actor.userId,
    issuedAt,
    expiresAt: issuedAt + ACCESS_LIFETIME,
    claims: { sid: actor.sessionId, zoneinfo: actor.timeZone },
  })
}

const challenge = (error = '') => invalidToken({ headers: { 'WWW-Authenticate': `Bearer realm="outlay"${error}` } })

/** What a 401 says where a token was sent (RFC 6750, section 3.1). */
export const tokenRefused = () => challenge(', error="invalid_token"')

/** The constraint that a batch breaks whose session is revoked or over. */
export const SESSION_ENDED = 'session_ended'

const sessionGuard = ({ userId, sessionId }: Actor) =>
  guard(
    SESSION_ENDED,
    sql`EXISTS (SELECT 1 FROM sessions WHERE user_id = ${userId} AND id = ${sessionId} AND expires_at > ${now()})`,
  )

/**
 * Lets a request pass whose bearer token is genuine, and guards every batch of its `db` by the token's session:
 * whether that still lives is asked together with the work, not before it.
 */
export const authenticate: MiddlewareHandler<UserEnv> = async (c, next) => {
  const [, token] = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '') ?? []
  if (!token) throw c.req.header('Authorization') ? tokenRefused() : challenge()
  const claims = await verifyToken(c.var.config.signingKeys, ACCESS_TOKEN, token)
  if (!claims) throw tokenRefused()
  const actor = { userId: String(claims.sub), sessionId: String(claims.sid), timeZone: String(claims.zoneinfo) }
  c.set('actor', actor)
  c.set('db', c.var.db.guardedBy(sessionGuard(actor)))
  await next()
}
