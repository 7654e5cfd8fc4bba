import type { RouteConfig } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Config, Env } from '../config.ts'
import type { DatabaseUse } from '../db/client.ts'
import type { Database } from '../db/database.ts'
import type { Guard } from '../db/guard.ts'
import type { Statement } from '../db/statement.ts'
import type { TokenKey } from '../shared/user-token.ts'
import type { Scope } from './api-token.ts'

/** The authenticated caller, from their token. Every statement on a user's data is built with one. */
export type Actor = {
  userId: string
  /** The time zone of the user when the access token was signed, up to ten minutes ago. An API token does not tell it. */
  timeZone?: string
}

/** A caller who is logged in. */
export type SessionActor = Required<Actor> & { sessionId: string }

/** What comes of asking the database for an API token. */
type TokenOutcome = {
  /** The problem where it is not there, or has expired. */
  refused: () => Error
  /** The problem where it has none of the scopes. */
  outOfScope: () => Error
  /** Called where it is good. `note` notes that it was used today, where that is not noted yet. */
  held: (note: Statement | undefined) => void
}

/** The schemas of a route's query, path and body. */
export type Inputs = NonNullable<RouteConfig['request']>

/** What is logged of a problem: its code and, of a 5xx or where only operators are told, what caused it. */
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
    /** What is to be done when the answer is made: see `afterAnswer`. */
    afterwards?: (() => Promise<unknown>)[]
    /** Set by a route that something calls every few seconds only to see whether it answers. */
    isProbe?: true
    /** Makes the guard that a session still exists. `app.ts` injects it, because http/ does not import modules. */
    sessionGuard: (actor: SessionActor, problem: Guard['problem']) => Guard
    /** Makes the guards that an API token is good, and for one of these scopes. `app.ts` injects it, too. */
    tokenGuards: (token: TokenKey, scopes: Scope[], outcome: TokenOutcome) => Guard[]
  }
}

/** The environment of a request to a `userRoute`: its `db` works only while the session or the API token is good. */
export type UserEnv = AppEnv & {
  Variables: {
    actor: Actor
    /** Whose quotas the request counts against. */
    countedAs: string
  }
}

/** The environment of a request to a `sessionRoute`: its `db` works only while the session exists. */
export type SessionEnv = UserEnv & { Variables: { actor: SessionActor } }

/** As much of the context of either as what answers a user needs. */
export type UserContext = Pick<Context, 'req' | 'header' | 'body' | 'json'> & { get(key: 'actor'): Actor }

export type AppContext = Context<AppEnv>
export type AppMiddleware = MiddlewareHandler<AppEnv>
