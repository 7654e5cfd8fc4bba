import { env } from 'cloudflare:workers'
import { base64url } from 'jose'
import { readConfig } from '../../src/config.ts'
import { keyId } from '../../src/http/jwt.ts'
import type { Employee } from './api.ts'

export const config = readConfig(env)
export const [currentKey, previousKey = currentKey] = config.signingKeys
const [currentKeyId, previousId] = await Promise.all(config.signingKeys.map(keyId))

/** The id of the key before, which still verifies. */
export const previousKeyId = previousId

type Json = Record<string, unknown>

/** A part of a token: what is no text is written as JSON, without the members that are undefined. */
export const segment = (content: unknown) =>
  base64url.encode(typeof content === 'string' ? content : JSON.stringify(content))

/** The claims of a genuine token. */
export const claimsOf = (token: string): Json =>
  JSON.parse(new TextDecoder().decode(base64url.decode(token.split('.')[1] ?? '')))

/** Signs `header.payload`, whatever it is, by HMAC. */
export const sign = async (signed: string, secret: Uint8Array<ArrayBuffer> = currentKey, hash = 'SHA-256') => {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signed))
  return `${signed}.${base64url.encode(new Uint8Array(signature))}`
}

export type Change = { claims?: Json; header?: Json; secret?: Uint8Array<ArrayBuffer>; hash?: string }

/** The genuine access token of `owner`, but for `change`. A claim or a header of undefined is left out. */
export const tokenOf = ({ session }: Employee, { claims, header, secret, hash }: Change = {}) => {
  const fullHeader = { alg: 'HS256', typ: 'at+jwt', kid: currentKeyId, ...header }
  return sign(`${segment(fullHeader)}.${segment({ ...claimsOf(session.accessToken), ...claims })}`, secret, hash)
}
