import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { changedRows, compile, type Params } from '../../db/statement.ts'
import { now } from '../../shared/clock.ts'
import { KEY_LIFETIME_MS } from '../ledger/idempotency.ts'

const DAY_MS = 86_400_000

/** How many rows one transaction deletes: few, since it holds the write lock. */
const SLICE_ROWS = 500

/** How many slices of each kind one run deletes at most. The next run goes on. */
const MAX_SLICES = 40

/** What is deleted some time after `age`, an instant of its row. */
type Kind = {
  table: string
  /** What the primary key has after the user's id. */
  key: string
  age: string
  keptForMs: number
  /** The condition that the index of `age` has, too. */
  condition?: string
  /** What is written before: `rows` is the `FROM` and all that follows it, of the rows that will be deleted. */
  consequence?: (rows: SQL) => SQL
}

/** `/v1/changes` goes on telling that something was deleted whose row is gone. */
const keepTombstones = (type: 'expense' | 'income' | 'plan') => (rows: SQL) =>
  sql`
  INSERT INTO deletions (user_id, resource, revision, deleted_at)
  SELECT user_id, ${sql.raw(`'${type}/'`)} || id, revision, deleted_at ${rows}
  ON CONFLICT DO UPDATE SET revision = excluded.revision, deleted_at = excluded.deleted_at`

/** A client that has not come so far cannot go on: see `isExpired` of modules/changes. */
const noteForgotten = (rows: SQL) => sql`
  UPDATE users SET forgotten_revision = max(forgotten_revision, forgotten.revision)
  FROM (SELECT user_id, max(revision) AS revision FROM (SELECT user_id, revision ${rows}) GROUP BY user_id) AS forgotten
  WHERE users.id = forgotten.user_id`

const KINDS: Kind[] = [
  ...(['expense', 'income', 'plan'] as const).map((type) => ({
    table: `${type}s`,
    key: 'id',
    age: 'deleted_at',
    keptForMs: 90 * DAY_MS,
    consequence: keepTombstones(type),
  })),
  { table: 'deletions', key: 'resource', age: 'deleted_at', keptForMs: 365 * DAY_MS, consequence: noteForgotten },
  { table: 'idempotency_keys', key: 'key', age: 'created_at', keptForMs: KEY_LIFETIME_MS },
  { table: 'sessions', key: 'id', age: 'expires_at', keptForMs: 0 },
  { table: 'api_tokens', key: 'id', age: 'expires_at', keptForMs: 0 },
  { table: 'email_proofs', key: 'user_id', age: 'expires_at', keptForMs: 0 },
  { table: 'alerts', key: 'id', age: 'created_at', keptForMs: 365 * DAY_MS, condition: 'read' },
]

/** The statements that delete the oldest rows of a kind, no more than a slice of them. */
const slicesOf = ({ table, key, age, keptForMs, condition = 'TRUE', consequence }: Kind) => {
  const names = { table: sql.raw(table), key: sql.raw(key), age: sql.raw(age) }
  const rows = ({ before }: Params<'before'>) => sql`FROM ${names.table}
    WHERE ${names.age} < ${before} AND ${sql.raw(condition)}
    ORDER BY ${names.age}, user_id, ${names.key} LIMIT ${sql.raw(String(SLICE_ROWS))}`
  const parts = [
    ...(consequence ? [compile((params: Params<'before'>) => consequence(rows(params)))] : []),
    compile(
      (params: Params<'before'>) => sql`DELETE FROM ${names.table}
      WHERE (user_id, ${names.key}) IN (SELECT user_id, ${names.key} ${rows(params)})`,
    ),
  ]
  return { table, write: () => parts.map((part) => part({ before: now() - keptForMs })) }
}

const slices = KINDS.map(slicesOf)

/**
 * Deletes what has been kept for long enough: README.md says what, and how long. Each slice is a transaction of its own,
 * so that no write of a user waits for more than one, and whatever ends a run, the next one goes on from there. Returns how
 * many rows it deleted of each table. Throws DatabaseError.
 */
export const purge = async (db: Database): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { table, write } of slices) {
    counts[table] = 0
    for (let slice = 0; slice < MAX_SLICES; slice++) {
      const { purged } = await db.transaction({ write: write(), after: { purged: changedRows({}) } })
      const count = purged[0]?.count ?? 0
      counts[table] += count
      if (count < SLICE_ROWS) break
    }
  }
  return counts
}
