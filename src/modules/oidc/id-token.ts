import { decodeJwt, errors, jwtVerify } from 'jose'
import * as z from 'zod'
import type { Provider } from '../../config.ts'
import { ProblemError } from '../../shared/problem.ts'
import { Email } from '../users/schema.ts'
import { keysOf } from './issuer-keys.ts'
import { invalidIdToken } from './problems.ts'

/** Those of key pairs: whoever has only the public key of an issuer must not be able to sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
/** How old a token may be, in seconds, and how far the clocks may be apart, which jose adds to it. */
const [MAX_AGE_S, CLOCK_TOLERANCE_S] = [300, 30]

/** Who somebody is, as the issuer says. */
export type Identity = {
  issuer: string
  subject: string
  email: string
  /** Whether the issuer knows that the address is theirs. */
  isProved: boolean
}

/** The claims on which a login depends (OpenID Connect Core 1.0, sections 2 and 5.1). */
const Claims = z.object({
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  aud: z.union([z.string(), z.array(z.string())]),
  azp: z.string().optional(),
  nonce: z.string(),
  email: Email,
  email_verified: z.unknown().optional(),
})

const issuerOf = (idToken: string) => {
  try {
    return decodeJwt(idToken).iss
  } catch {
    return undefined
  }
}

/** Why a token is refused, for the log alone: it tells operators what they have configured wrongly, and forgers nothing. */
const refused = (reason: string) => invalidIdToken({ cause: { reason } })

const reasonOf = (error: unknown): string => {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return error.claim
  return error instanceof errors.JOSEError ? error.code : 'claims'
}

/** Other sorts of tokens of the issuer, such as access tokens (RFC 9068), say in their `typ` that they are. */
const isIdToken = (typ: string | undefined) => typ === undefined || typ.toUpperCase() === 'JWT'

const claimsOf = async ({ issuer, audience }: Provider, idToken: string) => {
  try {
    const { payload, protectedHeader } = await jwtVerify(idToken, keysOf(issuer), {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      requiredClaims: ['exp'],
      maxTokenAge: MAX_AGE_S - CLOCK_TOLERANCE_S,
      clockTolerance: CLOCK_TOLERANCE_S,
    })
    if (!isIdToken(protectedHeader.typ)) throw refused('typ')
    return Claims.parse(payload)
  } catch (error) {
    throw error instanceof ProblemError ? error : refused(reasonOf(error))
  }
}

/**
 * Whom an ID token of one of the providers tells of, who has logged in there within the last five minutes, for `nonce`.
 * Throws invalidIdToken, and issuerUnavailable. Only issuers in the configuration are asked for keys.
 */
export const verifyIdToken = async (providers: Provider[], idToken: string, nonce: string): Promise<Identity> => {
  const issuer = issuerOf(idToken)
  const provider = providers.find((one) => one.issuer === issuer)
  if (!provider) throw refused('iss')
  const claims = await claimsOf(provider, idToken)
  const { sub, aud, azp, email } = claims
  const domain = email.slice(email.indexOf('@') + 1).toLowerCase()
  if ([aud].flat().length > 1 && azp !== provider.audience) throw refused('azp')
  if (claims.nonce !== nonce) throw refused('nonce')
  if (!provider.emailDomains.includes(domain)) throw refused('email')
  return { issuer: provider.issuer, subject: sub, email, isProved: claims.email_verified === true }
}
