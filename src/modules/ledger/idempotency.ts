import { eq, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import { requires } from '../../db/guard.ts'
import { rowsAsJson, type Selects } from '../../db/json-rows.ts'
import { compile, type Params, type Statement, statements } from '../../db/statement.ts'
import { type IdempotencyKey, Replay } from '../../db/transaction.ts'
import type { UserEnv } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { digest } from '../../shared/digest.ts'
import { newId } from '../../shared/ids.ts'
import { keyReused, tooManyKeys } from './idempotency-problems.ts'
import { idempotencyKeys } from './idempotency-table.ts'

/** How long a key is known at least: 7 days. Later it is deleted (see modules/retention). */
export const KEY_LIFETIME_MS = 7 * 86_400_000

/** How much may be kept for the keys of a user: 16 MiB, some 15,000 writes or 1,000 full batches. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024

/** What a key takes besides the rows of its answer. */
const KEY_BYTES = 300

type OwnKey = { userId: string; key: string }

const isOwn = ({ userId, key }: Params<'userId' | 'key'>) =>
  sql`${eq(idempotencyKeys.userId, userId)} AND ${eq(idempotencyKeys.key, key)}`

const isNew = compile((own: Params<'userId' | 'key'>) =>
  requires(sql`NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE ${isOwn(own)})`),
)

const storedWith = compile((own: Params<'userId' | 'key'>) =>
  statements
    .select({
      fingerprint: idempotencyKeys.fingerprint,
      requestId: idempotencyKeys.requestId,
      before: idempotencyKeys.rowsBefore,
      after: idempotencyKeys.rowsAfter,
    })
    .from(idempotencyKeys)
    .where(isOwn(own)),
)

const keysOf = (userId: Params['userId']) => sql`FROM idempotency_keys WHERE user_id = ${userId}`

/** Both ends are found by one search each, however many keys there are. */
const hasRoom = compile(({ userId }: Params<'userId'>) =>
  requires(sql`coalesce((SELECT max(kept_before) ${keysOf(userId)}) - (SELECT min(kept_before) ${keysOf(userId)}), 0)
    < ${sql.raw(String(MAX_KEPT_BYTES))}`),
)

/** What was kept with keys of the user `?1` until the newest, and with that. */
const KEPT_BEFORE = `coalesce((SELECT kept_before + length(rows_before) + length(rows_after) + ${KEY_BYTES}
  FROM idempotency_keys WHERE user_id = ?1 ORDER BY kept_before DESC LIMIT 1), 0)`

/** A statement whose text is made with that of others, and which returns no rows. */
const writeOf = (text: string, args: Statement['args']): Statement => ({ text, args, columns: [], toRows: () => [] })

const keepBefore = ({ userId, key }: OwnKey, fingerprint: string, requestId: string, selects: Selects) => {
  const own = [userId, key, fingerprint, requestId, now()]
  const { text, args } = rowsAsJson(selects, own.length)
  return writeOf(
    `INSERT INTO idempotency_keys
      (user_id, key, fingerprint, request_id, created_at, kept_before, rows_before, rows_after)
    VALUES (?1, ?2, ?3, ?4, ?5, ${KEPT_BEFORE}, ${text}, '{}')`,
    [...own, ...args],
  )
}

const keepAfter = ({ userId, key }: OwnKey, selects: Selects) => {
  const { text, args } = rowsAsJson(selects, 2)
  return writeOf(`UPDATE idempotency_keys SET rows_after = ${text} WHERE user_id = ?1 AND key = ?2`, [
    userId,
    key,
    ...args,
  ])
}

/**
 * The idempotency of this request, where it came with an `Idempotency-Key`: a write that was done with the same key is
 * not done again, and its first answer is told again. The rows that the answer is made of are stored with the key, in
 * the transaction of the write, and the same code makes the answer of them. So it is safe to send such a write again
 * whose answer was lost. `sent` is what came in the body. Throws idempotency_key_reused for a key that came with
 * something else, and too_many_idempotency_keys.
 */
export const withIdempotencyKey = async (
  c: Context<UserEnv>,
  sent: object = {},
): Promise<IdempotencyKey | undefined> => {
  const key = c.req.header('Idempotency-Key')
  if (key === undefined || c.req.query('dryRun') === 'true') return undefined
  const own = { userId: c.var.actor.userId, key }
  const requestId = newId()
  const { search } = new URL(c.req.url)
  const fingerprint = await digest(`${c.req.method} ${c.req.path}${search} ${JSON.stringify(sent)}`, 43)
  const stored = storedWith(own)
  return {
    isNew: {
      statement: isNew(own),
      explanation: stored,
      problem: (rows) => {
        const [first] = stored.toRows(rows)
        if (first?.fingerprint !== fingerprint) return keyReused()
        // One that the server has sent again itself, since its answer was lost, is no replay to the client.
        if (first.requestId !== requestId) c.header('Idempotency-Replayed', 'true')
        return new Replay(first)
      },
    },
    hasRoom: { statement: hasRoom(own), problem: () => tooManyKeys() },
    keep: (moment, selects) =>
      moment === 'before' ? keepBefore(own, fingerprint, requestId, selects) : keepAfter(own, selects),
    stored,
  }
}
