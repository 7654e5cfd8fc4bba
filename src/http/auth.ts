import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import { now } from '../shared/clock.ts'
import type { Actor, UserEnv } from './context.ts'
import { signToken, type TokenKind, verifyToken } from './jwt.ts'
import { invalidToken } from './problems.ts'

/** The lifetime of an access token, in seconds. */
export const ACCESS_LIFETIME_S = 600

const ACCESS_TOKEN: TokenKind = {
  type: 'at+jwt',
  audience: 'outlay-api',
  claims: { sid: 'string', zoneinfo: 'string' },
}

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

/** The 401 for a request that sent a token (RFC 6750, section 3.1). */
const tokenRefused = () => challenge(', error="invalid_token"')

/**
 * Requires a valid bearer token, and makes every read and write through `c.var.db` check that the session of the token
 * still exists: in the same round trip, not in one before it.
 */
export const authenticate: MiddlewareHandler<UserEnv> = async (c, next) => {
  // What is answered depends on who asks: no cache may give one user what it has of another.
  c.header('Vary', 'Authorization', { append: true })
  const [, token] = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '') ?? []
  if (!token) throw c.req.header('Authorization') ? tokenRefused() : challenge()
  const claims = await verifyToken(c.get('config').signingKeys, ACCESS_TOKEN, token)
  if (!claims) throw tokenRefused()
  const actor = { userId: String(claims.sub), sessionId: String(claims.sid), timeZone: String(claims.zoneinfo) }
  c.set('actor', actor)
  c.set('db', c.get('db').guardedBy(c.get('sessionGuard')(actor, tokenRefused)))
  await next()
}
