import type { HonoRequest } from 'hono'
import type { Config, RateLimiter } from '../config.ts'
import { tooManyRequests } from './problems.ts'

/** The period of every limiter in wrangler.toml, in seconds. */
const PERIOD_S = '60'

const count = async (limiter: RateLimiter, key: string) => {
  const { success } = await limiter.limit({ key })
  if (!success) throw tooManyRequests({ headers: { 'Retry-After': PERIOD_S } })
}

/**
 * Counts a password hash, the most expensive work that an anonymous request can cause: by the caller's address and,
 * when a password is verified, by address and `account`. Throws tooManyRequests over a limit.
 */
export const throttle = async (request: HonoRequest, { address, password }: Config['limiters'], account?: string) => {
  const caller = request.header('CF-Connecting-IP') ?? ''
  await count(address, caller)
  if (account !== undefined) await count(password, `${caller} ${account}`)
}
