import { sql } from 'drizzle-orm'
import { type Guard, requires } from '../../db/guard.ts'
import { compile, type Params, type Statement } from '../../db/statement.ts'
import type { Actor } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { emailTaken } from '../users/problems.ts'
import { PERIOD_MS, proofNotFound, tooManySince } from './problems.ts'

/** How long a token is good: a day. */
const LIFETIME_MS = 24 * 60 * 60 * 1000
/** How many mails a user can cause in an hour. */
const MAX_REQUESTS = 5

type Owner = Pick<Actor, 'userId'>
type Names = 'userId' | 'email' | 'hash' | 'expiresAt' | 'now' | 'previously'

const upsert = compile(
  (params: Params<Names>) => sql`INSERT INTO email_proofs (user_id, email, hash, expires_at, requests, since)
    VALUES (${params.userId}, ${params.email}, ${params.hash}, ${params.expiresAt}, 1, ${params.now})
    ON CONFLICT DO UPDATE SET email = excluded.email, hash = excluded.hash, expires_at = excluded.expires_at,
      requests = iif(since < ${params.previously}, 1, requests + 1),
      since = iif(since < ${params.previously}, excluded.since, since)`,
)

/** Asks the user for a proof of this address: the token with this digest, and none before it. */
export const askForProof = ({ userId }: Owner, email: string, hash: string) => {
  const at = now()
  return upsert({ userId, email, hash, expiresAt: at + LIFETIME_MS, now: at, previously: at - PERIOD_MS })
}

const selectSince = ({ userId, previously }: Params<'userId' | 'previously'>) =>
  sql`SELECT since FROM email_proofs
    WHERE user_id = ${userId} AND since >= ${previously} AND requests >= ${sql.raw(String(MAX_REQUESTS))}`

const requireRoom = compile((params: Params<'userId' | 'previously'>) =>
  requires(sql`NOT EXISTS (${selectSince(params)})`),
)
const explainRoom = compile(selectSince)

/** Requires that the user has not caused too many mails. */
export const mayAskAgain = ({ userId }: Owner): Guard => {
  const at = now()
  const values = { userId, previously: at - PERIOD_MS }
  return {
    statement: requireRoom(values),
    explanation: explainRoom(values),
    problem: tooManySince(at),
  }
}

const requireFree = compile(({ userId, address }: Params<'userId' | 'address'>) =>
  requires(sql`NOT EXISTS (SELECT 1 FROM users WHERE lower(email) = ${address} AND id <> ${userId})`),
)

/** Requires that nobody else has this address. */
export const emailIsFree = ({ userId }: Owner, email: string): Guard => ({
  statement: requireFree({ userId, address: email.toLowerCase() }),
  problem: () => emailTaken(),
})

type UseNames = 'userId' | 'hash' | 'now'

const isGood = ({ userId, hash, now }: Params<UseNames>) =>
  sql`email_proofs.user_id = ${userId} AND hash = ${hash} AND expires_at > ${now}`

const requireGood = compile((params: Params<UseNames>) =>
  requires(sql`EXISTS (SELECT 1 FROM email_proofs WHERE ${isGood(params)})`),
)

const setEmail = compile(
  (params: Params<UseNames>) => sql`UPDATE users SET email = email_proofs.email, email_verified_at = ${params.now},
      revision = revision + 1, settings_revision = revision + 1
    FROM email_proofs WHERE users.id = email_proofs.user_id AND ${isGood(params)}`,
)

/** The row stays for a while: it counts the mails. */
const useUp = compile(
  ({ userId }: Params<'userId'>) => sql`UPDATE email_proofs SET hash = '' WHERE user_id = ${userId}`,
)

const useUpChange = compile(
  ({ userId }: Params<'userId'>) => sql`UPDATE email_proofs SET hash = '' WHERE user_id = ${userId}
    AND email <> (SELECT email FROM users WHERE id = ${userId})`,
)

/** Cancels a change of the address that waits for its proof: whoever sets a new password may not have asked for it. */
export const cancelEmailChange = ({ userId }: Owner): Statement => useUpChange({ userId })

/** Gives the user the address that they have proved by the token with this digest, and uses that up. */
export const useProof = ({ userId }: Owner, hash: string) => {
  const values = { userId, hash, now: now() }
  const guard: Guard = { statement: requireGood(values), problem: () => proofNotFound() }
  return {
    guards: [guard],
    write: [setEmail(values), useUp({ userId })],
  }
}
