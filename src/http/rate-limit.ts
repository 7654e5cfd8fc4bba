import type { HonoRequest } from 'hono'
import type { Config, RateLimiter } from '../config.ts'
import { tooManyRequests } from './problems.ts'

/** The period of every limiter in wrangler.toml, in seconds. */
const PERIOD = '60'

const count = async (limiter: RateLimiter, key: string) => {
  const { success } = await limiter.limit({ key })
  if (!success) throw tooManyRequests({ headers: { 'Retry-After': PERIOD } })
}

/**
 * Counts that a password is hashed, which is the most costly thing that a stranger can ask for: by the caller's
 * address and, where one is tried, by address and `account`. Throws tooManyRequests past a limit.
 */
export const throttle = async (request: HonoRequest, { address, password }: Config['limiters'], account?: string) => {
  const caller = request.header('CF-Connecting-IP') ?? ''
  await count(address, caller)
  if (account !== undefined) await count(password, `${caller} ${account}`)
}
