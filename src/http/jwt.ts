import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Config } from '../config.ts'
import { digest } from '../shared/digest.ts'
import { newId } from '../shared/ids.ts'

const ALGORITHM = 'HS256'
const ISSUER = 'outlay'

/** A kind of token. Its `typ` and audience prevent it from being accepted as another kind. */
export type TokenKind = { type: string; audience: string; claims: string[] }

type Keys = Config['signingKeys']
/** `issuedAt` and `expiresAt` are in seconds since 1970. With a `jti` in `claims`, the token is deterministic. */
type Content = { subject: string; issuedAt: number; expiresAt: number; claims: JWTPayload }

/** The id of a key, from which the key cannot be derived. */
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

/** The claims of a valid, complete and unexpired token of this kind; null for any other text. */
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
