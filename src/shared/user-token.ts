import { digest } from './digest.ts'

/** Whose token it is said to be, and the digest by which its secret is stored. */
export type TokenKey = { userId: string; hash: string }

/** Of the user's id, and of the secret: RFC 6749, section 10.10, asks for 160 bits. */
const [ID_BYTES, SECRET_BYTES] = [16, 20]
/** How many digits of base 62 hold both, and a CRC32. */
const [CONTENT_LENGTH, CHECKSUM_LENGTH] = [49, 6]

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const FORM = new RegExp(`^([0-9A-Za-z]{${CONTENT_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`)

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

/** A random secret, in hexadecimal, and its digest. SHA-256 is enough: unlike a password, it cannot be guessed. */
export const newSecret = async (): Promise<{ secret: string; hash: string }> => {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toHex()
  return { secret, hash: await digest(secret, 43) }
}

/** The token of a user with this secret: the prefix, then both in base 62, and then the CRC32 of that. */
export const toToken = (prefix: string, userId: string, secret: string): string => {
  const content = toBase62(BigInt(`0x${userId.replaceAll('-', '')}${secret}`), CONTENT_LENGTH)
  return prefix + content + checksumOf(content)
}

/** The key of a token with this prefix; null for one that is mistyped or made up, which takes no database to find out. */
export const readToken = async (prefix: string, token: string): Promise<TokenKey | null> => {
  const [, content = '', checksum] = (token.startsWith(prefix) && FORM.exec(token.slice(prefix.length))) || []
  if (checksum === undefined || checksum !== checksumOf(content)) return null
  const hex = fromBase62(content)
    .toString(16)
    .padStart(2 * (ID_BYTES + SECRET_BYTES), '0')
  const [userId, secret] = [hex.slice(0, 2 * ID_BYTES), hex.slice(2 * ID_BYTES)]
  return { userId: toId(userId), hash: await digest(secret, 43) }
}
