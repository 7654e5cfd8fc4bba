import type { HonoRequest } from 'hono'
import type { Config } from '../config.ts'
import { tooManyRequests } from './problems.ts'

/** The period of every limiter in wrangler.toml, in seconds. */
const PERIOD_S = 60

/** How much each limiter in wrangler.toml allows in a period: it cannot be asked. The names are those in the headers. */
export const QUOTAS = {
  registrations: 60,
  logins: 120,
  accountLogins: 20,
  refreshes: 300,
  passwordChecks: 10,
  passwordResets: 30,
  writes: 1000,
  expensiveReads: 60,
  expensiveWrites: 120,
  unknownTokens: 120,
  imports: 6,
} satisfies Record<keyof Config['limiters'], number>

export type Quota = keyof typeof QUOTAS

/** The `RateLimit-Policy` header of a route with these quotas (draft-ietf-httpapi-ratelimit-headers-11). */
export const policyOf = (quotas: Quota[]): string =>
  quotas.map((name) => `"${name}";q=${QUOTAS[name]};w=${PERIOD_S}`).join(', ')

/** The headers of a 429. `seconds` is how long to wait. What remains is known only here, where nothing does. */
export const exhausted = (name: string, seconds: number) => ({
  'Retry-After': String(seconds),
  RateLimit: `"${name}";r=0;t=${seconds}`,
})

/** Counts a request against the quota of `key`: an address or a user. Throws tooManyRequests over the quota. */
export const count = async ({ limiters }: Config, name: Quota, key: string) => {
  const { success } = await limiters[name].limit({ key })
  if (!success) throw tooManyRequests({ headers: exhausted(name, PERIOD_S) })
}

/**
 * The network of an IPv6 address, its first 64 bits, since whoever has one address of it has all; any other address as
 * it is.
 */
export const networkOf = (address: string): string => {
  const url = `http://[${address}]`
  if (!URL.canParse(url)) return address
  // The URL parser writes every address in one way: in lower case, with the longest run of zeros as `::`.
  const [start = '', end] = new URL(url).hostname.slice(1, -1).split('::')
  const [first, last] = [start, end ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]]
  const zeros = Array<string>(8 - first.length - last.length).fill('0')
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`
}

/** Whom a request without an account is counted as: its network. */
export const callerOf = (request: HonoRequest): string => networkOf(request.header('CF-Connecting-IP') ?? '')
