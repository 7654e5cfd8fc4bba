import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { SigningKey } from '../config.ts'
import { newId } from '../shared/ids.ts'

const ALGORITHM = 'HS256'
const ISSUER = 'outlay'

/** A sort of token: its `typ` and its audience keep it from passing for another. */
export type TokenKind = { type: string; audience: string; claims: string[] }

type Keys = [SigningKey, ...SigningKey[]]
/** `issuedAt` and `expiresAt` in seconds since 1970. The same input gives the same token, if it names its `jti`. */
type Content = { subject: string; issuedAt: number; expiresAt: number; claims: JWTPayload }

/** A signed token of this kind. */
export const signToken = (keys: Keys, kind: TokenKind, { subject, issuedAt, expiresAt, claims }: Content) =>
  new SignJWT({ jti: newId(), ...claims })
    .setProtectedHeader({ alg: ALGORITHM, typ: kind.type, kid: keys[0].id })
    .setIssuer(ISSUER)
    .setAudience(kind.audience)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(keys[0].secret)

/** The claims of a token that is genuine, of this kind, complete and not over; null for any other text. */
export const verifyToken = async (keys: Keys, kind: TokenKind, token: string): Promise<JWTPayload | null> => {
  const keyOf = ({ kid }: { kid?: string }) => {
    const key = keys.find(({ id }) => id === kid)
    if (!key) throw new Error('No key has this kid')
    return key.secret
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
