import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import * as z from 'zod'
import { isSecureUrl } from '../../config.ts'
import { causeOf } from '../../http/errors.ts'
import { now } from '../../shared/clock.ts'
import { issuerUnavailable } from './problems.ts'

/** How long an issuer may take to answer. */
const TIMEOUT_MS = 3000
/** How long it is not asked again where its keys are. */
const DISCOVERY_LIFETIME_MS = 60 * 60 * 1000
/** How long its keys are kept, and how long it is not asked for others because of a token of a key that it has not. */
const [KEYS_LIFETIME_MS, COOLDOWN_MS] = [10 * 60 * 1000, 30 * 1000]

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isSecureUrl) })

/** Asks the issuer where its keys are (OpenID Connect Discovery 1.0, section 4). Throws where it does not say. */
const discover = async (issuer: string): Promise<URL> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (response.status !== 200) throw new Error(`Discovery answered ${response.status}`)
  const found = Discovery.parse(await response.json())
  if (found.issuer !== issuer) throw new Error('Discovery is of another issuer')
  return new URL(found.jwks_uri)
}

type Source = { keys: JWTVerifyGetKey; readAt: number; hasWorked: boolean }

/** Where the keys of each issuer are, per isolate. Nothing here waits for another request, which workerd forbids. */
const sources = new Map<string, Source>()

const sourceOf = async (issuer: string): Promise<Source> => {
  const known = sources.get(issuer)
  if (known && now() - known.readAt < DISCOVERY_LIFETIME_MS) return known
  const keys = createRemoteJWKSet(await discover(issuer), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: KEYS_LIFETIME_MS,
    cooldownDuration: COOLDOWN_MS,
  })
  const source = { keys, readAt: now(), hasWorked: false }
  sources.set(issuer, source)
  return source
}

/** Whether the issuer has told its keys, and none of them is the one that is sought. */
const isWithoutKey = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys

/**
 * Finds the key of an issuer by which a token is signed. Throws what jose throws where it has none, and issuerUnavailable
 * where it does not tell.
 */
export const keysOf =
  (issuer: string): JWTVerifyGetKey =>
  async (header, token) => {
    try {
      const source = await sourceOf(issuer)
      const key = await source.keys(header, token)
      source.hasWorked = true
      return key
    } catch (error) {
      if (isWithoutKey(error)) throw error
      // Keys that are known stay good: a token made up with another key must not end the logins of everybody.
      if (!sources.get(issuer)?.hasWorked) sources.delete(issuer)
      throw issuerUnavailable({ cause: { issuer, ...causeOf(error) } })
    }
  }
