import type * as z from 'zod'
import type { Config } from '../../config.ts'
import { ACCESS_LIFETIME_S, signAccessToken } from '../../http/auth.ts'
import { now } from '../../shared/clock.ts'
import type { SessionRow } from '../sessions/table.ts'
import { toUser } from '../users/schema.ts'
import { signRefreshToken } from './refresh-token.ts'
import type { Session } from './schema.ts'

/** The answer to a login: both tokens of the session, and the user. */
export const toSession = async (
  config: Config,
  session: SessionRow,
  user: Parameters<typeof toUser>[0],
): Promise<z.infer<ReturnType<typeof Session>>> => {
  const actor = { userId: session.userId, sessionId: session.id, timeZone: user.timeZone }
  return {
    accessToken: await signAccessToken(config, actor),
    tokenType: 'Bearer',
    expiresIn: ACCESS_LIFETIME_S,
    refreshToken: await signRefreshToken(config, session),
    refreshExpiresIn: Math.round((session.expiresAt - now()) / 1000),
    user: toUser(user),
  }
}
