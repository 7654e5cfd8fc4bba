import { v7 } from 'uuid'

/** A new UUIDv7 in lower case. Later ids sort after earlier ones. */
export const newId = (): string => v7()

/** The first 24 characters of a UUIDv7 made at `at`, with its time. 12 hexadecimal digits complete it. */
export const newIdStart = (at: number): string => v7({ msecs: at }).slice(0, 24)

/**
 * The id that always follows from `key`: a UUIDv7 with the time `at` and, as its random part, 73 bits of the SHA-256 of the
 * key.
 */
export const derivedId = async (key: string, at: number): Promise<string> => {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return v7({ msecs: at, random: new Uint8Array(hash) })
}
