import type { Config } from '../../config.ts'
import { signToken, type TokenKind, verifyToken } from '../../http/jwt.ts'
import { SESSION_LIFETIME_MS } from '../sessions/queries.ts'
import type { SessionRow } from '../sessions/table.ts'

const REFRESH_TOKEN: TokenKind = { type: 'rt+jwt', audience: 'outlay-refresh', claims: ['sid', 'gen'] }

/** Which token of which session: each rotation makes the next generation. */
export type Generation = { userId: string; sessionId: string; generation: number }

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/**
 * A session as it was when its token of this generation was rotated, at `rotatedAt`: the successor is always the same,
 * even where it has been rotated itself meanwhile.
 */
export const rotatedSession = (session: SessionRow, generation: number, rotatedAt: number): SessionRow => ({
  ...session,
  generation: generation + 1,
  refreshedAt: rotatedAt,
  expiresAt: rotatedAt + SESSION_LIFETIME_MS,
})

/** The refresh token of a session at its generation: the same bytes whenever it is asked for. */
export const signRefreshToken = (config: Config, { userId, id, generation, refreshedAt, expiresAt }: SessionRow) =>
  signToken(config.signingKeys, REFRESH_TOKEN, {
    subject: userId,
    issuedAt: seconds(refreshedAt),
    expiresAt: seconds(expiresAt),
    claims: { jti: `${id}.${generation}`, sid: id, gen: generation },
  })

/** The generation that a token stands for; null unless it is a refresh token of ours that is not over. */
export const readRefreshToken = async (config: Config, token: string): Promise<Generation | null> => {
  const claims = await verifyToken(config.signingKeys, REFRESH_TOKEN, token)
  return claims && { userId: String(claims.sub), sessionId: String(claims.sid), generation: Number(claims.gen) }
}
