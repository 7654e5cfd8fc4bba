import { eq, sql } from 'drizzle-orm'
import type { Config } from '../../config.ts'
import type { Guard } from '../../db/guard.ts'
import { requires } from '../../db/guard.ts'
import { compileEach, type Params, type Statement, statements, toStatement } from '../../db/statement.ts'
import { exhausted } from '../../http/rate-limit.ts'
import { now } from '../../shared/clock.ts'
import { type LoginName, loginName } from '../users/queries.ts'
import { users } from '../users/table.ts'
import { digestOfName } from './name-digest.ts'
import { tooManyFailedLogins } from './problems.ts'
import { loginFailures } from './table.ts'

/** How many failures in a row cost no time: people mistype, and log in on several devices at once. */
export const FREE_FAILURES = 10
/** The delay after one more, which doubles with each, and its bound: nobody waits longer for an account of theirs. */
const [FIRST_DELAY_MS, MAX_DELAY_MS] = [1000, 15 * 60 * 1000]
/** How often the first delay has to double to pass that bound. */
const MAX_DOUBLINGS = 10
/** Failures are forgotten if nobody has tried for so long. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000

type Names = 'login' | 'unknown' | 'now' | 'forgotten'

/** The user who has the name, by either of their names; null if nobody does. */
const userId = ({ login }: Params<Names>, by: LoginName) =>
  sql`(SELECT ${users.id} FROM ${users} WHERE lower(${users[by]}) = ${login})`

const account = (params: Params<Names>, by: LoginName) => sql`ifnull(${userId(params, by)}, ${params.unknown})`

/** An attempt that costs no time delays none that began before it and comes after it, nor one whose clock is behind. */
const requireNoDelay = compileEach((params: Params<Names>, by: LoginName) =>
  requires(sql`NOT EXISTS (SELECT 1 FROM login_failures WHERE account = ${account(params, by)}
    AND failures > ${sql.raw(String(FREE_FAILURES))} AND retry_at > ${params.now})`),
)

const selectRetryAt = compileEach((params: Params<Names>, by: LoginName) =>
  statements
    .select({ retryAt: loginFailures.retryAt })
    .from(loginFailures)
    .where(eq(loginFailures.account, account(params, by))),
)

const countAttempt = compileEach(
  (params: Params<Names>, by: LoginName) => sql`INSERT INTO login_failures (account, user_id, failures, retry_at)
    SELECT ifnull(id, ${params.unknown}), id, 1, ${params.now} FROM (SELECT ${userId(params, by)} AS id) WHERE TRUE
    ON CONFLICT DO UPDATE SET
      failures = iif(retry_at < ${params.forgotten}, 1, failures + 1),
      retry_at = ${params.now} + iif(retry_at < ${params.forgotten} OR failures < ${sql.raw(String(FREE_FAILURES))}, 0,
        min(${sql.raw(`${MAX_DELAY_MS}, ${FIRST_DELAY_MS} << min(failures - ${FREE_FAILURES}, ${MAX_DOUBLINGS})`)}))`,
)

const delayed =
  (at: number): Guard['problem'] =>
  (rows) =>
    tooManyFailedLogins({ headers: exhausted('accountLogins', Math.ceil((Number(rows[0]?.[0]) - at) / 1000)) })

/**
 * What comes before the password of somebody who logs in is verified: a guard that no delay is on, and a statement that
 * counts the attempt as a failure until `forgetFailures`. So attempts that are made at once cannot pass a delay together.
 * A name that nobody has is counted in the same way: see `digestOfName`.
 */
export const loginAttempt = async (config: Config, login: string): Promise<{ guards: Guard[]; write: Statement[] }> => {
  const { by, name } = loginName(login)
  const at = now()
  const values = {
    login: name,
    unknown: await digestOfName(config, name),
    now: at,
    forgotten: at - FORGOTTEN_AFTER_MS,
  }
  const guard = {
    statement: requireNoDelay(by)(values),
    explanation: selectRetryAt(by)(values),
    problem: delayed(at),
  }
  return { guards: [guard], write: [countAttempt(by)(values)] }
}

/** Forgets the failures of a user who has logged in. */
export const forgetFailures = (user: { id: string }): Statement =>
  toStatement(statements.delete(loginFailures).where(eq(loginFailures.account, user.id)))
