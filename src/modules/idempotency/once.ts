import { sql } from 'drizzle-orm'
import type { BatchResponse } from 'drizzle-orm/batch'
import type { Context } from 'hono'
import { type Database, revive, type WriteOptions, type Writing } from '../../db/client.ts'
import { ConstraintError } from '../../db/errors.ts'
import { guard } from '../../db/guard.ts'
import { statements } from '../../db/statements.ts'
import { rowsAsJson, rowsFromJson, type Select } from '../../db/stored-rows.ts'
import type { UserEnv } from '../../http/context.ts'
import { now } from '../../shared/clock.ts'
import { digest } from '../../shared/digest.ts'
import { newId } from '../../shared/ids.ts'
import { keyReused } from './problems.ts'
import { idempotencyKeys } from './table.ts'

const DAY = 86_400_000
/** How long a client's key is known, in milliseconds. */
const LIFETIME = 7 * DAY
/** How long one that the server made for itself is known: longer than any repetition of its own takes. */
const OWN_LIFETIME = 60_000

/** The constraint that a batch breaks which was done before. */
const DONE_BEFORE = 'done_before'

type Attempt = { userId: string; key: string; fingerprint: string; requestId: string }

const isNew = ({ userId, key }: Attempt) =>
  guard(DONE_BEFORE, sql`NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE user_id = ${userId} AND key = ${key})`)

const firstAnswer = ({ userId, key }: Attempt) =>
  sql`SELECT fingerprint, request_id, answer FROM idempotency_keys WHERE user_id = ${userId} AND key = ${key}`

const keep = ({ userId, key, fingerprint, requestId }: Attempt, told: Select[]) =>
  statements.insert(idempotencyKeys).values({
    userId,
    key,
    fingerprint,
    requestId,
    answer: rowsAsJson(told),
    createdAt: now(),
  })

const forgetOld = ({ userId }: Attempt) => [
  statements.delete(idempotencyKeys).where(sql`user_id = ${userId} AND created_at < ${now() - LIFETIME}`),
  statements
    .delete(idempotencyKeys)
    .where(sql`user_id = ${userId} AND key >= 'made ' AND key < 'made!' AND created_at < ${now() - OWN_LIFETIME}`),
]

/**
 * Does a write exactly once: where it was done before, its first answer is told again, of the rows that were stored
 * with it. So nothing is done twice when a client sends the same `Idempotency-Key` again, nor when the server sends a
 * batch again whose answer was lost, for which it has a key of its own. A rehearsal neither looks for a key nor keeps
 * one. Throws idempotency_key_reused for a key that came with something else.
 */
export const once = async <T extends Select[]>(
  c: Context<UserEnv>,
  db: Database,
  sent: object,
  { work, told }: Pick<Writing<[], T>, 'work' | 'told'>,
  options: Pick<WriteOptions, 'conflicts' | 'explain'>,
): Promise<BatchResponse<T>> => {
  if (db.isRehearsal) return db.tell({ asked: [], work, told }, options)
  const requestId = newId()
  const key = c.req.header('Idempotency-Key')
  const attempt: Attempt = {
    userId: c.var.actor.userId,
    key: key === undefined ? `made ${requestId}` : `sent ${key}`,
    fingerprint: await digest(`${c.req.method} ${c.req.path} ${JSON.stringify(sent)}`, 43),
    requestId,
  }
  try {
    const explain = [...(options.explain ?? []), firstAnswer(attempt)]
    const whole = [isNew(attempt), ...work, keep(attempt, told), ...forgetOld(attempt)]
    return await db.tell({ asked: [], work: whole, told }, { ...options, explain, isExact: true })
  } catch (error) {
    if (!(error instanceof ConstraintError && error.constraint === DONE_BEFORE)) throw error
    const [fingerprint, firstId, answer] = error.explanation.at(-1)?.[0] ?? []
    if (fingerprint !== attempt.fingerprint) throw keyReused()
    if (firstId !== requestId) c.header('Idempotency-Replayed', 'true')
    return revive(told, rowsFromJson(told, String(answer)))
  }
}
