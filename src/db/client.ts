import { openHttp, ResponseError, type Value } from '@libsql/hrana-client'
import type { SQL } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import { now } from '../shared/clock.ts'
import type { ProblemError } from '../shared/problem.ts'
import { type Mode, type Query, runBatch } from './batch.ts'
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
type Batch = [Statement, ...Statement[]]

/** The problem that each constraint stands for, by the name that ConstraintError has. */
export type Conflicts = Record<string, () => ProblemError>

/** What a request asked of the database, for `Server-Timing` and the log. */
export type DatabaseUse = { roundTrips: number; milliseconds: number }

export type WriteOptions = {
  conflicts?: Conflicts
  /** What is read, in the same round trip, where a constraint fails: the `explanation` of ConstraintError. */
  explain?: SQL[]
  /** Whether the batch knows by itself that it was done before: one whose answer is lost is sent again. */
  isExact?: boolean
}

/** A write: what is asked before it, the work itself, and what is told of it after. */
export type Writing<A extends Statement[], T extends Statement[]> = { asked: [...A]; work: Statement[]; told: [...T] }
type Told<A extends Statement[], T extends Statement[]> = BatchResponse<[...A, ...T]>

export type Database = {
  /** Runs the statements in one read transaction and one round trip. Throws DatabaseError, ConstraintError. */
  read<T extends Batch>(batch: T): Promise<BatchResponse<T>>
  /**
   * Runs the statements in one write transaction and one round trip: all of them or, on any error, none.
   * Throws DatabaseError, ConstraintError, or the problem that `conflicts` has for the constraint.
   */
  write<T extends Batch>(batch: T, options?: WriteOptions): Promise<BatchResponse<T>>
  /** Runs `asked`, `work` and `told`, in this order, as `write` does, and returns the rows of `asked` and of `told`. */
  tell<A extends Statement[], T extends Statement[]>(
    writing: Writing<A, T>,
    options?: WriteOptions,
  ): Promise<Told<A, T>>
  /** Whether a write is undone after it was done. */
  isRehearsal: boolean
  /** The same database, but every batch begins with these guards, whose rows nobody sees. */
  guardedBy(...guards: Statement[]): Database
  /** The same database, but a call may take only so many milliseconds. */
  within(patience: number): Database
  /** The same database, but where `isRehearsal`, a write does and answers what it would, and is then undone. */
  rehearsing(isRehearsal: boolean | undefined): Database
}

type Connection = { url: string; authToken: string | undefined }
type Terms = { patience: number; guards: Statement[]; isRehearsal: boolean }
type Call = { queries: Query[]; explain: Query[]; mode: Mode; patience: number; isRepeatable: boolean }

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

const dialect = new SQLiteAsyncDialect()

const isBusy = (error: unknown) => (error as { code?: string }).code === 'SQLITE_BUSY'

/** The SQL of statements, and their rows in the types of their columns, once `run` has them. */
const prepare = async (
  [first, ...others]: Statement[],
  run: (queries: Query[]) => Promise<Value[][][]>,
): Promise<unknown[]> =>
  first
    ? drizzle(unconnected, async (queries) => (await run(queries)).map((rows) => ({ rows }))).batch([first, ...others])
    : []

/** The rows of `batch` as the database would give them, of `rows` that were stored. */
export const revive = async <T extends Statement[]>(batch: T, rows: Value[][][]) =>
  (await prepare(batch, async () => rows)) as BatchResponse<T>

/**
 * The database for one request, which adds to `use` what it costs. A client is never shared between requests:
 * workerd ends a request that waits for another one's connection.
 */
export const connect = ({ url, authToken }: Connection, use: DatabaseUse): Database => {
  const httpUrl = url.replace(/^libsql:/, 'https:')

  const attempt = async ({ queries, explain, mode }: Call, signal: AbortSignal) => {
    use.roundTrips++
    const client = openHttp(httpUrl, authToken, (request: Request) => fetch(request, { signal }))
    try {
      return await runBatch(client.openStream(), queries, mode, explain)
    } finally {
      client.close()
    }
  }

  const send = async (call: Call): Promise<Value[][][]> => {
    const started = now()
    const { signal, clear } = deadline(call.patience)
    let losses = 0
    try {
      for (let repetition = 0; ; repetition++) {
        const outcome = await attempt(call, signal).catch((error: unknown) => {
          if (signal.aborted) throw new DatabaseError('TIMEOUT')
          if (error instanceof ResponseError) return { error, explanation: [] }
          // Whether it was done, nobody knows: once more, where that does no harm.
          if (!call.isRepeatable || losses++ > 0) throw classify(error)
          return null
        })
        if (outcome && 'rows' in outcome) return outcome.rows
        if (outcome && !(isBusy(outcome.error) && repetition < REPETITIONS))
          throw classify(outcome.error, outcome.explanation)
        await pause(Math.random() * PAUSE * 2 ** repetition)
      }
    } finally {
      clear()
      use.milliseconds += now() - started
    }
  }

  const transact = async (
    batch: Statement[],
    mode: Mode,
    { patience, guards }: Terms,
    { explain = [], isExact = false }: WriteOptions = {},
  ) => {
    const isRepeatable = mode !== 'write' || isExact
    const results = await prepare([...guards, ...batch], (queries) =>
      send({ queries, explain: explain.map((query) => dialect.sqlToQuery(query)), mode, patience, isRepeatable }),
    )
    return results.slice(guards.length)
  }

  const write = (batch: Statement[], terms: Terms, options: WriteOptions = {}) =>
    transact(batch, terms.isRehearsal ? 'rehearse' : 'write', terms, options).catch((error: unknown) => {
      throw (error instanceof ConstraintError && options.conflicts?.[error.constraint]?.()) || error
    })

  const on = (terms: Terms): Database => ({
    read: async <T extends Batch>(batch: T) => (await transact(batch, 'read', terms)) as BatchResponse<T>,
    write: async <T extends Batch>(batch: T, options?: WriteOptions) =>
      (await write(batch, terms, options)) as BatchResponse<T>,
    tell: async <A extends Statement[], T extends Statement[]>(
      { asked, work, told }: Writing<A, T>,
      options?: WriteOptions,
    ) => {
      const results = await write([...asked, ...work, ...told], terms, options)
      return [...results.slice(0, asked.length), ...results.slice(asked.length + work.length)] as Told<A, T>
    },
    isRehearsal: terms.isRehearsal,
    guardedBy: (...guards) => on({ ...terms, guards: [...terms.guards, ...guards] }),
    within: (patience) => on({ ...terms, patience }),
    rehearsing: (isRehearsal = false) => on({ ...terms, isRehearsal }),
  })
  return on({ patience: PATIENCE, guards: [], isRehearsal: false })
}
