import type { Value } from '@libsql/hrana-client'
import { getTableColumns, is, SQL, sql, Table } from 'drizzle-orm'
import type { BatchResponse } from 'drizzle-orm/batch'
import { Column } from 'drizzle-orm/column'
import type { Context } from 'hono'
import { type Database, revive, type Statement, type WriteOptions, type Writing } from '../../db/client.ts'
import { ConstraintError } from '../../db/errors.ts'
import { guard } from '../../db/guard.ts'
import { statements } from '../../db/statements.ts'
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

type Fields = { [name: string]: Column | SQL | SQL.Aliased | Table | Fields }
type Select = Statement & { getSQL(): SQL; _: { selectedFields: Fields } }

/** The names of what a select selects, in its order: `before.limit` where they are nested. */
const namesOf = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    if (is(field, Column) || is(field, SQL) || is(field, SQL.Aliased)) return [name]
    return namesOf(is(field, Table) ? getTableColumns(field) : field).map((inner) => `${name}.${inner}`)
  })

/**
 * The rows of a select as JSON: objects, so that an answer that was kept before a column came or went can still be told
 * after it.
 */
const asJson = (select: Select) => {
  const names = namesOf(select._.selectedFields)
  const columns = names.map((_, i) => `c${i}`)
  const members = sql.join(
    names.map((name, i) => sql`${sql.raw(`'${name}', c${i}`)}`),
    sql`, `,
  )
  return sql`json((WITH told (${sql.raw(columns.join(', '))}) AS (${select.getSQL()})
    SELECT json_group_array(json_object(${members})) FROM told))`
}

/** The rows of a select as the database would give them, of their JSON. */
const fromJson = (select: Select, rows: Record<string, Value>[]) =>
  rows.map((row) => namesOf(select._.selectedFields).map((name) => row[name] ?? null))

type Attempt = { userId: string; key: string; fingerprint: string; requestId: string }

const isNew = ({ userId, key }: Attempt) =>
  guard(DONE_BEFORE, sql`NOT EXISTS (SELECT 1 FROM idempotency_keys WHERE user_id = ${userId} AND key = ${key})`)

const firstAnswer = ({ userId, key }: Attempt) =>
  sql`SELECT fingerprint, request_id, answer FROM idempotency_keys WHERE user_id = ${userId} AND key = ${key}`

const keep = ({ userId, key, fingerprint, requestId }: Attempt, told: Statement[]) =>
  statements.insert(idempotencyKeys).values({
    userId,
    key,
    fingerprint,
    requestId,
    answer: sql`json_array(${sql.join((told as unknown as Select[]).map(asJson), sql`, `)})`,
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
export const once = async <T extends Statement[]>(
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
    const rows: Record<string, Value>[][] = JSON.parse(String(answer))
    return revive(
      told,
      (told as unknown as Select[]).map((select, i) => fromJson(select, rows[i] ?? [])),
    )
  }
}
