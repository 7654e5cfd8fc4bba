import { sql } from 'drizzle-orm'
import type { Config } from '../../config.ts'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, statements, toStatement } from '../../db/statement.ts'
import { now } from '../../shared/clock.ts'
import type { TokenKey } from '../../shared/user-token.ts'
import { digestOfName } from '../auth/name-digest.ts'
import { recipientOf } from '../emails/recipients.ts'
import { userColumns } from '../users/queries.ts'
import { users } from '../users/table.ts'
import { resetNotFound } from './problems.ts'
import { passwordResets } from './table.ts'

/** How long a token is good: 30 minutes. */
const LIFETIME_MS = 30 * 60 * 1000
/** How many mails an account gets in an hour. */
const [MAX_REQUESTS, PERIOD_MS] = [5, 60 * 60 * 1000]

type RequestNames = 'address' | 'unknown' | 'hash' | 'expiresAt' | 'now' | 'previously'

const request = compile(
  (params: Params<RequestNames>) => sql`INSERT INTO password_resets
    (account, user_id, email, hash, expires_at, requests, since)
    SELECT ifnull(id, ${params.unknown}), id, email, ${params.hash}, ${params.expiresAt}, 1, ${params.now}
    FROM (SELECT 1) LEFT JOIN users ON lower(email) = ${params.address} WHERE TRUE
    ON CONFLICT DO UPDATE SET email = excluded.email, hash = excluded.hash, expires_at = excluded.expires_at,
      requests = iif(since < ${params.previously}, 1, requests + 1),
      since = iif(since < ${params.previously}, excluded.since, since)
    WHERE since < ${params.previously} OR requests < ${sql.raw(String(MAX_REQUESTS))}`,
)

const selectRecipient = compile(({ address, hash }: Params<'address' | 'hash'>) =>
  statements
    .select({ userId: users.id, email: users.email })
    .from(users)
    .innerJoin(passwordResets, sql`${passwordResets.account} = ${users.id} AND ${passwordResets.hash} = ${hash}`)
    .where(sql`lower(${users.email}) = ${address}`),
)

/**
 * Makes the newest reset of the account with this address one with this digest, unless it has had too many; `recipient` is
 * then the user, and `counted` has a row while the address may get mails. An address that nobody has is counted in the
 * same way, so that it takes as long: see `digestOfName`.
 */
export const requestReset = async (config: Config, email: string, hash: string) => {
  const [address, at] = [email.toLowerCase(), now()]
  const unknown = await digestOfName(config, address)
  const values = { address, unknown, hash, expiresAt: at + LIFETIME_MS, now: at, previously: at - PERIOD_MS }
  const { count, counted } = await recipientOf(config, email)
  return { write: [request(values), count], after: { recipient: selectRecipient({ address, hash }), counted } }
}

type Names = 'userId' | 'hash' | 'now'

/** Matches a user with their reset, while that is good: not after they have got another address. */
const isGood = ({ userId, hash, now }: Params<Names>) => sql`${users.id} = ${userId}
  AND ${passwordResets.account} = ${users.id} AND ${passwordResets.hash} = ${hash}
  AND ${passwordResets.email} = ${users.email} AND ${passwordResets.expiresAt} > ${now}`

const selectUser = compile((params: Params<Names>) =>
  statements.select(userColumns).from(users).innerJoin(passwordResets, isGood(params)),
)

const requireGood = compile((params: Params<Names>) =>
  requires(sql`EXISTS (SELECT 1 FROM ${users}, ${passwordResets} WHERE ${isGood(params)})`),
)

/** The user whose reset this is, while it is good. */
export const userOfReset = (key: TokenKey) => selectUser({ ...key, now: now() })

/** Requires that the reset is good. */
export const resetIsGood = (key: TokenKey): Guard => ({
  statement: requireGood({ ...key, now: now() }),
  problem: () => resetNotFound(),
})

/** Uses a reset up. */
export const deleteReset = ({ userId }: Pick<TokenKey, 'userId'>) =>
  toStatement(statements.delete(passwordResets).where(sql`${passwordResets.account} = ${userId}`))
