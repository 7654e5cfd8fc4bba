import type { TokenKey } from '../shared/user-token.ts'

/**
 * What an API token may be used for: to read, to write, or only to record expenses. A route that takes none of a token's
 * scopes is not for it.
 */
export const SCOPES = ['read', 'write', 'capture'] as const

export type Scope = (typeof SCOPES)[number]

/** Tells a scanner of source code what it has found. */
export const API_TOKEN_PREFIX = 'olt_'

/** How many API tokens of recent requests are known per isolate. */
const MAX_KNOWN = 1000

const known = new Set<string>()

/** Whose it is, too: a good secret beside the id of somebody else is no good token. */
const nameOf = ({ userId, hash }: TokenKey) => `${userId} ${hash}`

/** Whether the isolate has just seen that this API token is good: then its calls are those of its user. */
export const isKnownToken = (key: TokenKey): boolean => known.has(nameOf(key))

/** Remembers that an API token is good. */
export const rememberToken = (key: TokenKey): void => {
  known.add(nameOf(key))
  const [oldest] = known
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest)
}

/** Forgets one that is not, or no longer. */
export const forgetToken = (key: TokenKey): void => {
  known.delete(nameOf(key))
}
