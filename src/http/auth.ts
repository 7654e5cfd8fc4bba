import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import { now } from '../shared/clock.ts'
import type { Actor, UserEnv } from './context.ts'
import { signToken, type TokenKind, verifyToken } from './jwt.ts'
import { invalidToken } from './problems.ts'

/** How long an access token lives. */
export const ACCESS_LIFETIME_S = 600

const ACCESS_TOKEN: TokenKind = { type: 'at+jwt', audience: 'outlay-api', claims: ['sid', 'zoneinfo'] }

/** A new access token (RFC 9068) for the session of `actor`. */
export const signAccessToken = (config: Config, actor: Actor): Promise<string> => {
  const issuedAt = Math.floor(now() / 1000)
  return signToken(config.signingKeys, ACCESS_TOKEN, {
    subject: actor.userId,
    issuedAt,
    expiresAt: issuedAt + ACCESS_LIFETIME_S,
    claims: { sid: actor.sessionId, zoneinfo: actor.timeZone },
  })
}

const challenge = (error = '') => invalidToken({ headers: { 'WWW-Authenticate': `Bearer realm="outlay"${error}` } })

/** What a 401 says where a token was sent (RFC 6750, section 3.1). */
const tokenRefused = () => challenge(', error="invalid_token"')

/**
 * Lets a request pass whose bearer token is genuine, and has whatever its `db` does ask first for the token's session:
 * whether that still lives is asked together with the work, not before it.
 */
export const authenticate: MiddlewareHandler<UserEnv> = async (c, next) => {
  const [, token] = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '') ?? []
  if (!token) throw c.req.header('Authorization') ? tokenRefused() : challenge()
  const claims = await verifyToken(c.var.config.signingKeys, ACCESS_TOKEN, token)
  if (!claims) throw tokenRefused()
  const actor = { userId: String(claims.sub), sessionId: String(claims.sid), timeZone: String(claims.zoneinfo) }
  c.set('actor', actor)
  c.set('db', c.var.db.guardedBy(c.var.sessionGuard(actor, tokenRefused)))
  await next()
}
