import type { RouteConfig } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Config, Env } from '../config.ts'
import type { DatabaseUse } from '../db/client.ts'
import type { Database } from '../db/database.ts'
import type { Guard } from '../db/guard.ts'

/** The authenticated caller, from the access token. Every statement on a user's data is built with one. */
export type Actor = {
  userId: string
  sessionId: string
  /** The time zone of the user when the token was signed, up to ten minutes ago. */
  timeZone: string
}

/** The schemas of a route's query, path and body. */
export type Inputs = NonNullable<RouteConfig['request']>

/** What is logged of a problem: its code and, of a 5xx, what caused it. */
export type Failure = { code: string; cause?: Record<string, unknown> | undefined }

/** The environment of every request. `c.var` copies it: what is on the way of each request uses `c.get`. */
export type AppEnv = {
  Bindings: Env
  Variables: {
    config: Config
    db: Database
    databaseUse: DatabaseUse
    requestId: string
    inputs: Inputs
    /** Set by `authenticate`. */
    actor?: Actor
    /** Set where the answer is a problem. */
    failure?: Failure
    /** Set by a route that something calls every few seconds only to see whether it answers. */
    isProbe?: true
    /** Makes the guard that a session still exists. `app.ts` injects it, because http/ does not import modules. */
    sessionGuard: (actor: Actor, problem: Guard['problem']) => Guard
  }
}

/** The environment of a request to a `userRoute`: its `db` works only while the session exists. */
export type UserEnv = AppEnv & { Variables: { actor: Actor } }

export type AppContext = Context<AppEnv>
export type AppMiddleware = MiddlewareHandler<AppEnv>
