import { digest } from '../shared/digest.ts'

/**
 * What an API token may be used for: to read, to write, or only to record expenses. A route that takes none of a token's
 * scopes is not for it.
 */
export const SCOPES = ['read', 'write', 'capture'] as const

export type Scope = (typeof SCOPES)[number]

/** Whose API token it is said to be, and the digest by which it is stored. */
export type ApiTokenKey = { userId: string; hash: string }

/** Tells a scanner of source code what it has found. */
const PREFIX = 'olt_'
/** Of the user's id, and of the secret: RFC 6749, section 10.10, asks for 160 bits. */
const [ID_BYTES, SECRET_BYTES] = [16, 20]
/** How many digits of base 62 hold these bytes, and a CRC32. */
const [CONTENT_LENGTH, CHECKSUM_LENGTH] = [49, 6]

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const FORM = new RegExp(`^${PREFIX}([0-9A-Za-z]{${CONTENT_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`)

const toBase62 = (number: bigint, length: number): string => {
  let text = ''
  for (let rest = number; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text
  return text
}

const fromBase62 = (text: string): bigint =>
  [...text].reduce((number, digit) => number * 62n + BigInt(DIGITS.indexOf(digit)), 0n)

/** The CRC32 of ASCII text (ISO 3309; PNG specification, annex D), bit by bit: it is some fifty characters. */
const crc32 = (text: string): bigint => {
  let crc = 0xffffffff
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return BigInt(~crc >>> 0)
}

const checksumOf = (content: string) => toBase62(crc32(content), CHECKSUM_LENGTH)

const toId = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** SHA-256 is enough: unlike a password, the secret cannot be guessed. */
const hashOf = (token: string) => digest(token, 43)

/** A new API token of this user, and the digest to store. */
export const newApiToken = async (userId: string): Promise<{ token: string; hash: string }> => {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toHex()
  const content = toBase62(BigInt(`0x${userId.replaceAll('-', '')}${secret}`), CONTENT_LENGTH)
  const token = PREFIX + content + checksumOf(content)
  return { token, hash: await hashOf(token) }
}

/** Whether a bearer token is meant to be an API token. */
export const isApiToken = (token: string): boolean => token.startsWith(PREFIX)

/** The key of an API token that is whole; null for one that is mistyped or made up, which needs no database to find out. */
export const readApiToken = async (token: string): Promise<ApiTokenKey | null> => {
  const [, content = '', checksum] = FORM.exec(token) ?? []
  if (checksum === undefined || checksum !== checksumOf(content)) return null
  const hex = fromBase62(content)
    .toString(16)
    .padStart(2 * (ID_BYTES + SECRET_BYTES), '0')
  return { userId: toId(hex.slice(0, 2 * ID_BYTES)), hash: await hashOf(token) }
}

/** How many API tokens of recent requests are known per isolate. */
const MAX_KNOWN = 1000

const known = new Set<string>()

/** Whether the isolate has just seen that this API token is good: then its calls are those of its user. */
export const isKnownToken = ({ hash }: ApiTokenKey): boolean => known.has(hash)

/** Remembers that an API token is good. */
export const rememberToken = ({ hash }: ApiTokenKey): void => {
  known.add(hash)
  const [oldest] = known
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest)
}

/** Forgets one that is not, or no longer. */
export const forgetToken = ({ hash }: ApiTokenKey): void => {
  known.delete(hash)
}
