import type { ScryptOptions } from 'node:crypto'

/** N = 2^14, r = 8, p = 5: one of the settings for scrypt in OWASP's Password Storage Cheat Sheet. */
const CURRENT = { ln: 14, r: 8, p: 5 }
const KEY_LENGTH = 32
const MAX_MEMORY = 64 * 1024 * 1024

/** The form of a stored hash: the PHC string format, whose Base64 has no padding. */
const PHC = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

type Cost = typeof CURRENT

/** Loaded when the first password is hashed: it would add a third to the start of every isolate. */
const nodeCrypto = () => import('node:crypto')

const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

const derive = async (password: string, salt: Buffer, { ln, r, p }: Cost) => {
  const { scrypt } = await nodeCrypto()
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: MAX_MEMORY }
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salt, KEY_LENGTH, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

const format = ({ ln, r, p }: Cost, salt: Buffer, key: Buffer) =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`

const parse = (hash: string) => {
  const [, ln, r, p, salt = '', key = ''] = PHC.exec(hash) ?? []
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  }
}

/** The hash to compare with if there is no user, so that the answer takes as long. No password fits it. */
const ofNobody = () => format(CURRENT, Buffer.alloc(16), Buffer.alloc(KEY_LENGTH))

/** Hashes `password` with a new salt, as a PHC string. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = Buffer.from(crypto.getRandomValues(new Uint8Array(16)))
  return format(CURRENT, salt, await derive(password, salt, CURRENT))
}

/** Whether `hash` is of `password`. Without a hash, false after the same time. */
export const verifyPassword = async (password: string, hash = ofNobody()): Promise<boolean> => {
  const { cost, salt, key } = parse(hash)
  const { timingSafeEqual } = await nodeCrypto()
  return timingSafeEqual(await derive(password, salt, cost), key)
}

/** Whether `hash` was made at another cost than the current one. */
export const isOutdated = (hash: string): boolean => {
  const { ln, r, p } = parse(hash).cost
  return ln !== CURRENT.ln || r !== CURRENT.r || p !== CURRENT.p
}
