import type { Context, MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { now } from '../shared/clock.ts'
import { readToken } from '../shared/user-token.ts'
import { afterAnswer } from './after-answer.ts'
import { API_TOKEN_PREFIX, forgetToken, isKnownToken, rememberToken, type Scope } from './api-token.ts'
import type { AppEnv, SessionActor, SessionEnv, UserEnv } from './context.ts'
import { signToken, type TokenKind, verifyToken } from './jwt.ts'
import { insufficientScope, invalidToken } from './problems.ts'
import { callerOf, count } from './rate-limit.ts'

/** The lifetime of an access token, in seconds. */
export const ACCESS_LIFETIME_S = 600

const ACCESS_TOKEN: TokenKind = {
  type: 'at+jwt',
  audience: 'outlay-api',
  claims: { sid: 'string', zoneinfo: 'string' },
}

/** A new access token (RFC 9068) for the session of `actor`. */
export const signAccessToken = (config: Config, actor: SessionActor): Promise<string> => {
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

/** The 403 for an API token that has none of these scopes. */
const outOfScope = (scopes: Scope[]) => {
  const scope = scopes.length > 0 ? `, scope="${scopes.join(' ')}"` : ''
  const challenge = `Bearer realm="outlay", error="insufficient_scope"${scope}`
  return insufficientScope({ headers: { 'WWW-Authenticate': challenge } })
}

/** The bearer token of a request. Throws invalidToken where it has none. */
const bearerOf = (c: Context): string => {
  // What is answered depends on who asks: no cache may give one user what it has of another.
  c.header('Vary', 'Authorization', { append: true })
  const [, token] = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '') ?? []
  if (!token) throw c.req.header('Authorization') ? tokenRefused() : challenge()
  return token
}

/** The actor of an access token. Throws invalidToken. */
const sessionOf = async ({ signingKeys }: Config, token: string): Promise<SessionActor> => {
  const claims = await verifyToken(signingKeys, ACCESS_TOKEN, token)
  if (!claims) throw tokenRefused()
  return { userId: String(claims.sub), sessionId: String(claims.sid), timeZone: String(claims.zoneinfo) }
}

/** As much of the context of either kind of route as an access token sets. */
type Entered = Pick<Context<AppEnv>, 'get'> & {
  set(key: 'actor', actor: SessionActor): void
  set(key: 'countedAs', countedAs: string): void
  set(key: 'db', db: Database): void
}

/** Makes `c.var.db` check the session of an access token with whatever is read or written. Throws invalidToken. */
const enterBySession = async (c: Entered, token: string) => {
  const actor = await sessionOf(c.get('config'), token)
  c.set('actor', actor)
  c.set('countedAs', actor.userId)
  c.set('db', c.get('db').guardedBy(c.get('sessionGuard')(actor, tokenRefused)))
}

/**
 * Requires an access token, and makes every read and write through `c.var.db` check that its session still exists: in the
 * same round trip, not in one before it. An API token is refused without any: no scope is for these routes.
 */
export const authenticateSession: MiddlewareHandler<SessionEnv> = async (c, next) => {
  const token = bearerOf(c)
  if (token.startsWith(API_TOKEN_PREFIX))
    throw (await readToken(API_TOKEN_PREFIX, token)) ? outOfScope([]) : tokenRefused()
  await enterBySession(c, token)
  await next()
}

/**
 * Makes `c.var.db` check an API token with whatever is read or written. Until it has, nobody knows whose it is: the request
 * counts against the quota of whoever tries tokens, and not against that of the user whom the token names.
 */
const enterByApiToken = async (c: Context<UserEnv>, token: string, scopes: Scope[]) => {
  const key = await readToken(API_TOKEN_PREFIX, token)
  if (!key) throw tokenRefused()
  const isKnown = isKnownToken(key)
  if (!isKnown) await count(c.get('config'), 'unknownTokens', callerOf(c.req))
  const db = c.get('db')
  const guards = c.get('tokenGuards')(key, scopes, {
    refused: () => {
      forgetToken(key)
      return tokenRefused()
    },
    outOfScope: () => outOfScope(scopes),
    held: (note) => {
      rememberToken(key)
      if (note) afterAnswer(c, 'api_token_use', () => db.transaction({ write: [note] }))
    },
  })
  c.set('actor', { userId: key.userId })
  c.set('countedAs', isKnown ? key.userId : key.hash)
  c.set(
    'db',
    guards.reduce((guarded, guard) => guarded.guardedBy(guard), db),
  )
}

/** The same, and takes an API token, too, that has one of these scopes. */
export const authenticate =
  (scopes: Scope[]): MiddlewareHandler<UserEnv> =>
  async (c, next) => {
    const token = bearerOf(c)
    if (token.startsWith(API_TOKEN_PREFIX)) await enterByApiToken(c, token, scopes)
    else await enterBySession(c, token)
    await next()
  }
