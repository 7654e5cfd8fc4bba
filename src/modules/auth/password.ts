import type { InTurn } from './hashing-slots.ts'
import { CURRENT } from './password-cost.ts'
import { type Cost, KEY_LENGTH, scrypt } from './scrypt.ts'

/** The form of a stored hash: the PHC string format, whose Base64 has no padding. */
const PHC = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')

const format = ({ ln, r, p }: Cost, salt: Uint8Array, key: Uint8Array) =>
  `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`

const parse = (hash: string) => {
  const [, ln, r, p, salt = '', key = ''] = PHC.exec(hash) ?? []
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  }
}

/** The hash to compare with if there is no user or no password, so that the answer takes as long. No password fits it. */
export const hashOfNobody = (): string => format(CURRENT, Buffer.alloc(16), Buffer.alloc(KEY_LENGTH))

/** Hashes `password` with a new salt, as a PHC string. */
export const hashPassword = async (inTurn: InTurn, password: string): Promise<string> => {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  return format(CURRENT, salt, await inTurn((stillHere) => scrypt(password, salt, CURRENT, stillHere)))
}

/** Whether `hash` is of `password`. Without a hash, false after the same time. */
export const verifyPassword = async (inTurn: InTurn, password: string, hash = hashOfNobody()): Promise<boolean> => {
  const { cost, salt, key } = parse(hash)
  const { timingSafeEqual } = await import('node:crypto')
  return timingSafeEqual(await inTurn((stillHere) => scrypt(password, salt, cost, stillHere)), key)
}

/** Whether `hash` was made at another cost than the current one. */
export const isOutdated = (hash: string): boolean => {
  const { ln, r, p } = parse(hash).cost
  return ln !== CURRENT.ln || r !== CURRENT.r || p !== CURRENT.p
}
