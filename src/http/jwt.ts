import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Config } from '../config.ts'
import { digest } from '../shared/digest.ts'
import { newId } from '../shared/ids.ts'

const ALGORITHM = 'HS256'
const ISSUER = 'outlay'

/** A sort of token: its `typ` and its audience keep it from passing for another. */
export type TokenKind = { type: string; audience: string; claims: string[] }

type Keys = Config['signingKeys']
/** `issuedAt` and `expiresAt` in seconds since 1970. The same input gives the same token, if it names its `jti`. */
type Content = { subject: string; issuedAt: number; expiresAt: number; claims: JWTPayload }

/** Names a key, and tells nothing of it. */
export const keyId = (key: Uint8Array<ArrayBuffer>) => digest(key, 8)

/** A signed token of this kind. */
export const signToken = async (
  [key]: Keys,
  kind: TokenKind,
  { subject, issuedAt, expiresAt, claims }: Content,
): Promise<string> =>
  new SignJWT({ jti: newId(), ...claims })
    .setProtectedHeader({ alg: ALGORITHM, typ: kind.type, kid: await keyId(key) })
    .setIssuer(ISSUER)
    .setAudience(kind.audience)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key)

/** The claims of a token that is genuine, of this kind, complete and not over; null for any other text. */
export const verifyToken = async (keys: Keys, kind: TokenKind, token: string): Promise<JWTPayload | null> => {
  const keyOf = async ({ kid }: { kid?: string }) => {
    const ids = await Promise.all(keys.map(keyId))
    return keys[ids.indexOf(kid ?? '')] ?? Promise.reject(new Error('No key has this kid'))
  }
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: [ALGORITHM],
      typ: kind.type,
      issuer: ISSUER,
      audience: kind.audience,
      requiredClaims: ['sub', 'jti', 'iat', 'exp', ...kind.claims],
    })
    return payload
  } catch {
    return null
  }
}
