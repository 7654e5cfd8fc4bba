import type { Config } from '../../config.ts'
import { signToken, type TokenKind, verifyToken } from '../../http/jwt.ts'
import { SESSION_LIFETIME_MS } from '../sessions/queries.ts'
import type { SessionRow } from '../sessions/table.ts'

const REFRESH_TOKEN: TokenKind = {
  type: 'rt+jwt',
  audience: 'outlay-refresh',
  claims: { sid: 'string', gen: 'number' },
}

/** Identifies one token of a session: each rotation makes the next generation. */
export type Generation = { userId: string; sessionId: string; generation: number }

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/**
 * The session as it was when its token of this generation was rotated, at `rotatedAt`. So the successor is always the
 * same, even after it has been rotated itself.
 */
export const rotatedSession = (session: SessionRow, generation: number, rotatedAt: number): SessionRow => ({
  ...session,
  generation: generation + 1,
  refreshedAt: rotatedAt,
  expiresAt: rotatedAt + SESSION_LIFETIME_MS,
})

/** The refresh token of a session at its generation: always the same bytes. */
export const signRefreshToken = (config: Config, { userId, id, generation, refreshedAt, expiresAt }: SessionRow) =>
  signToken(config.signingKeys, REFRESH_TOKEN, {
    subject: userId,
    issuedAt: seconds(refreshedAt),
    expiresAt: seconds(expiresAt),
    claims: { jti: `${id}.${generation}`, sid: id, gen: generation },
  })

/** Reads a refresh token; null if it is not one of ours or has expired. */
export const readRefreshToken = async (config: Config, token: string): Promise<Generation | null> => {
  const claims = await verifyToken(config.signingKeys, REFRESH_TOKEN, token)
  return claims && { userId: String(claims.sub), sessionId: String(claims.sid), generation: Number(claims.gen) }
}
