import { createClient, type InStatement, type InValue } from '@libsql/client/http'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import { now } from '../shared/clock.ts'
import type { ProblemError } from '../shared/problem.ts'
import { ConstraintError, classify, DatabaseError } from './errors.ts'
import { unconnected } from './statements.ts'

/** How long a call may take in all, its repetitions included, in milliseconds. */
const PATIENCE = 2500
/** The steps in which it is counted, in milliseconds. */
const STEP = 50
/** How often a call that found the database busy is made again. */
const REPETITIONS = 3
/** The longest pause before the first repetition, in milliseconds; it doubles with each. */
const PAUSE = 50

export type Statement = BatchItem<'sqlite'>
export type Batch = [Statement, ...Statement[]]
type Mode = 'read' | 'write'

/** The problem that each constraint stands for, by the name that ConstraintError has. */
export type Conflicts = Record<string, () => ProblemError>

/** What a request asked of the database, for `Server-Timing` and the log. */
export type DatabaseUse = { roundTrips: number; milliseconds: number }

export type Database = {
  /** Runs the statements in one read transaction and one round trip. Throws DatabaseError, ConstraintError. */
  read<T extends Batch>(batch: T): Promise<BatchResponse<T>>
  /**
   * Runs the statements in one write transaction and one round trip: all of them or, on any error, none.
   * Throws DatabaseError, ConstraintError, or the problem that `conflicts` has for the constraint.
   */
  write<T extends Batch>(batch: T, conflicts?: Conflicts): Promise<BatchResponse<T>>
  /** The same database, but every batch begins with these guards, whose rows nobody sees. */
  guardedBy(...guards: Statement[]): Database
  /** The same database, but a call may take only so many milliseconds. */
  within(patience: number): Database
}

type Connection = { url: string; authToken: string | undefined }
type Terms = { patience: number; guards: Statement[] }

/** A JS number is bound as REAL, and stays it in an expression without a column: whole numbers go as integers. */
const bind = (value: unknown) => (Number.isInteger(value) ? BigInt(value as number) : value) as InValue

/**
 * A signal that aborts after `patience`. It is counted in short steps, so that time in which a neighbour in the
 * isolate hashes a password, and nobody could hear an answer, counts as one of them and not as silence.
 */
const deadline = (patience: number) => {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout>
  const wait = (left: number) => {
    timer = setTimeout(() => (left > STEP ? wait(left - STEP) : controller.abort()), Math.min(left, STEP))
  }
  wait(patience)
  return { signal: controller.signal, clear: () => clearTimeout(timer) }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * The database for one request, which adds to `use` what it costs. A client is never shared between requests:
 * workerd ends a request that waits for another one's connection.
 */
export const connect = ({ url, authToken }: Connection, use: DatabaseUse): Database => {
  const send = async (batch: InStatement[], mode: Mode, patience: number) => {
    const started = now()
    const { signal, clear } = deadline(patience)
    const bounded = (request: Request) => fetch(request, { signal })
    const client = createClient({ url, ...(authToken && { authToken }), fetch: bounded, concurrency: 1 })
    try {
      for (let repetition = 0; ; repetition++) {
        try {
          use.roundTrips++
          return await client.batch(batch, mode)
        } catch (error) {
          if (signal.aborted) throw new DatabaseError('TIMEOUT')
          const busy = (error as { code?: string }).code === 'SQLITE_BUSY'
          if (!busy || repetition === REPETITIONS) throw classify(error)
          await pause(Math.random() * PAUSE * 2 ** repetition)
        }
      }
    } finally {
      clear()
      client.close()
      use.milliseconds += now() - started
    }
  }

  const transact = async <T extends Batch>(batch: T, mode: Mode, { patience, guards }: Terms) => {
    const remote = drizzle(unconnected, async (queries) => {
      const results = await send(
        queries.map(({ sql, params }) => ({ sql, args: params.map(bind) })),
        mode,
        patience,
      )
      return results.map(({ rows }) => ({ rows: rows.map((row) => Array.from(row)) }))
    })
    const whole: Statement[] = [...guards, ...batch]
    const results: unknown[] = await remote.batch(whole as Batch)
    return results.slice(guards.length) as BatchResponse<T>
  }

  const on = (terms: Terms): Database => ({
    read: (batch) => transact(batch, 'read', terms),
    write: (batch, conflicts = {}) =>
      transact(batch, 'write', terms).catch((error: unknown) => {
        throw (error instanceof ConstraintError && conflicts[error.constraint]?.()) || error
      }),
    guardedBy: (...guards) => on({ ...terms, guards: [...terms.guards, ...guards] }),
    within: (patience) => on({ ...terms, patience }),
  })
  return on({ patience: PATIENCE, guards: [] })
}
