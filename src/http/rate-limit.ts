import type { HonoRequest } from 'hono'
import type { RateLimiter } from '../config.ts'
import { tooManyRequests } from './problems.ts'

/** The period of every limiter in wrangler.toml, in seconds. */
const PERIOD = '60'

/** Counts an attempt at what `key` names, by the caller's address. Throws tooManyRequests past the limit. */
export const throttle = async (request: HonoRequest, limiter: RateLimiter, key = '') => {
  const address = request.header('CF-Connecting-IP') ?? ''
  const { success } = await limiter.limit({ key: `${address} ${key}` })
  if (!success) throw tooManyRequests({ headers: { 'Retry-After': PERIOD } })
}
