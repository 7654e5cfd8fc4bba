import type { RouteConfig } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Config, Env } from '../config.ts'
import type { DatabaseUse } from '../db/client.ts'
import type { Guard } from '../db/guard.ts'
import type { Database } from '../db/transaction.ts'

/** Who calls, as the access token says. Every statement about what a user owns takes one. */
export type Actor = {
  userId: string
  sessionId: string
  /** The time zone of the user when the token was signed, up to ten minutes ago. */
  timeZone: string
}

/** The schemas of a route's query, path and body. */
export type Inputs = NonNullable<RouteConfig['request']>

/** What every request carries. */
export type AppEnv = {
  Bindings: Env
  Variables: {
    config: Config
    db: Database
    databaseUse: DatabaseUse
    requestId: string
    inputs: Inputs
    /** The guard that a session lives, which `app.ts` hands in: this layer knows no sessions. */
    sessionGuard: (actor: Actor, problem: Guard['problem']) => Guard
  }
}

/** What a request to a `userRoute` carries: its `db` runs a batch only for a session that lives. */
export type UserEnv = AppEnv & { Variables: { actor: Actor } }

export type AppContext = Context<AppEnv>
export type AppMiddleware = MiddlewareHandler<AppEnv>
