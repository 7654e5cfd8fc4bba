import type { ProblemError } from '../shared/problem.ts'
import { type Client, TIMEOUT_MS } from './client.ts'
import { ConstraintError, classify } from './errors.ts'
import type { Guard } from './guard.ts'
import type { Condition, Step } from './hrana.ts'
import type { Statement, Value } from './statement.ts'
import { rowsFromJson, type Selects } from './stored-rows.ts'

/** The rows of a statement. */
export type RowOf<S> = S extends Statement<infer Row> ? Row : never
type Rows<S extends Selects> = { [Name in keyof S]: RowOf<S[Name]>[] }
/** Some rows of one of the selects. */
type RowsOfOne<S extends Selects> = { [Name in keyof S]: { name: Name; rows: RowOf<S[Name]>[] } }[keyof S]

/** The problem that each constraint of the schema stands for, by the name that ConstraintError has. */
export type Conflicts = Record<string, () => ProblemError>

/** The rows of a write that was done before, as they were stored with its key. */
export class Replay extends Error {
  readonly stored: StoredRows

  constructor(stored: StoredRows) {
    super('The write was done before')
    this.stored = stored
  }
}

export type StoredRows = { before: string; after: string }

/** What makes a write exact: see modules/ledger/idempotency.ts. */
export type IdempotencyKey = {
  /** Holds if no write was done with this key. Its problem is a Replay if it was this very write. */
  isNew: Guard
  /** Holds as long as not too much is kept for keys. */
  hasRoom: Guard
  keep(moment: 'before' | 'after', selects: Selects): Statement
  stored: Statement<StoredRows>
}

/** The statements that keep the months' lines in step with a write: see modules/budgets/impact.ts. */
export type Bookkeeping<Line> = {
  /** Counts the change, and makes sure that the lines which it touches are there. */
  prepare: Statement[]
  /** What must hold of the lines that the write touches. */
  guards?: Guard[]
  /** The lines that the write touches: read before it and after it. */
  lines?: Statement<Line>
  /** Brings the lines up to date. */
  apply: Statement[]
  /** Raises the alerts that are due. */
  conclude: Statement[]
}

type Transaction<Before extends Selects, After extends Selects, Line> = {
  idempotencyKey?: IdempotencyKey | undefined
  guards?: Guard[]
  before?: Before
  bookkeeping?: Bookkeeping<Line> | undefined
  write: Statement[]
  after?: After
  conflicts?: Conflicts
  /** Does the work, answers what it would, and undoes it. */
  dryRun?: boolean | undefined
}

type Result<Before extends Selects, After extends Selects, Line> = Rows<Before> &
  Rows<After> & { linesBefore: Line[]; linesAfter: Line[] }

export type Database = {
  /** The rows of these selects, by name, of one snapshot. Throws DatabaseError, or the problem of a guard. */
  read<S extends Selects>(selects: S): Promise<Rows<S>>
  /**
   * The same rows, some at a time and select by select, in constant memory; of each select at least once. Resolves when
   * the guards hold. Throws DatabaseError, while it is read too, or the problem of a guard.
   */
  stream<S extends Selects>(selects: S): Promise<AsyncIterable<RowsOfOne<S>>>
  /** Does a write as `layOut` says. Throws DatabaseError, ConstraintError, or the problem of a guard or a conflict. */
  transaction<
    Before extends Selects = Record<never, never>,
    After extends Selects = Record<never, never>,
    Line = never,
  >(transaction: Transaction<Before, After, Line>): Promise<Result<Before, After, Line>>
  /** The same database, but whatever is read or written asks this guard first. */
  guardedBy(guard: Guard): Database
  withTimeout(timeoutMs: number): Database
}

/** A statement in its place. `name` is for the log; `isResult` if its rows are returned under it. */
type Part = { name: string; statement: Statement; guard?: Guard; isResult?: true }

const command = (name: string): Part => ({ name, statement: { text: name, args: [], columns: [], toRows: () => [] } })
const numbered = (step: string, statements: Statement[]): Part[] =>
  statements.map((statement, i) => ({ name: `${step}[${i}]`, statement }))
const guarded = (step: string, guards: Guard[]): Part[] =>
  guards.map((guard, i) => ({ name: `${step}[${i}]`, statement: guard.statement, guard }))
const named = (selects: Selects): Part[] =>
  Object.entries(selects).map(([name, statement]) => ({ name, statement, isResult: true }))

/** What a write reads before it and after it. */
const selectsOf = ({ before, after, bookkeeping }: Transaction<Selects, Selects, unknown>) => {
  const lines = bookkeeping?.lines
  return {
    before: { ...before, ...(lines && { linesBefore: lines }) },
    after: { ...(lines && { linesAfter: lines }), ...after },
  }
}

/** With a key, what is read is stored with it, and answered from there: the first time as every other time. */
const readOrKeep = (key: IdempotencyKey | undefined, moment: 'before' | 'after', selects: Selects): Part[] =>
  key ? [{ name: `keep[${moment}]`, statement: key.keep(moment, selects) }] : named(selects)

/**
 * The way of a write: every statement of it, in the order in which they run. Each runs only if all before it did, in
 * one transaction and one request:
 *
 * 1. session: it still lives, else a 401
 * 2. key: the `Idempotency-Key` is new, else the first answer is given again; and there is room for one more
 * 3. guards: preconditions (`If-Match`), what must exist and what it must be like, else their problem
 * 4. bookkeeping, prepare: the change gets its revision, and the lines that it touches are made sure to be there; its
 *    guards: how many lines a batch may touch
 * 5. before: the rows and the lines as they are
 * 6. write
 * 7. bookkeeping, apply: the lines follow, those of later months too where money is carried over
 * 8. bookkeeping, conclude: alerts are raised
 * 9. after: the lines and the rows as they have become
 * 10. key kept: with a key, the rows of 5 and 9 are stored with it
 *
 * What is refused has no effect at all: a guard that fails undoes whatever was done before it. The log names a statement
 * that failed by its step and its place there, `write[0]`, and one whose rows are returned by the name of those.
 */
const layOut = (session: Guard[], transaction: Transaction<Selects, Selects, unknown>): Part[] => {
  const { idempotencyKey: key, guards = [], bookkeeping, write, dryRun } = transaction
  const selects = selectsOf(transaction)
  return [
    command('BEGIN IMMEDIATE'),
    ...guarded('session', session),
    ...guarded('key', key ? [key.isNew, key.hasRoom] : []),
    ...guarded('guards', guards),
    ...numbered('prepare', bookkeeping?.prepare ?? []),
    ...guarded('lines', bookkeeping?.guards ?? []),
    ...readOrKeep(key, 'before', selects.before),
    ...numbered('write', write),
    ...numbered('apply', bookkeeping?.apply ?? []),
    ...numbered('conclude', bookkeeping?.conclude ?? []),
    ...readOrKeep(key, 'after', selects.after),
    ...named(key ? { stored: key.stored } : {}),
    command(dryRun ? 'ROLLBACK' : 'COMMIT'),
  ]
}

/** A read: several selects see one snapshot; one alone, after the guard of its session, needs no transaction. */
const layOutRead = (session: Guard[], selects: Selects): Part[] => {
  const parts = [...guarded('session', session), ...named(selects)]
  const isAlone = Object.keys(selects).length === 1
  return isAlone ? parts : [command('BEGIN TRANSACTION READONLY'), ...parts, command('COMMIT')]
}

/** A read that streams. Its guards stand before the transaction, which would stay open where one fails. */
const layOutStream = (session: Guard[], selects: Selects): Part[] => [
  ...guarded('session', session),
  command('BEGIN TRANSACTION READONLY'),
  ...named(selects),
  command('COMMIT'),
]

/** What a write read before it and after it, of what was stored with its key. */
const rowsOfStored = (
  transaction: Transaction<Selects, Selects, unknown>,
  { before, after }: StoredRows,
): RowsByName => {
  const selects = selectsOf(transaction)
  return { ...rowsFromJson(selects.before, before), ...rowsFromJson(selects.after, after) }
}

const ok = (step: number): Condition => ({ type: 'ok', step })

/**
 * The steps that the parts become: each runs only if all before it did. Where a guard failed, its explanation is read, of
 * what the transaction has come to until then. What was not committed is rolled back when the connection is closed, with
 * the request.
 */
const toSteps = (parts: Part[]) => {
  const steps: Step[] = parts.map(({ statement }, i) => ({ ...statement, condition: i === 0 ? undefined : ok(i - 1) }))
  const explainedBy = new Map<number, number>()
  for (const [step, { guard }] of parts.entries()) {
    if (!guard?.explanation) continue
    explainedBy.set(step, steps.push({ ...guard.explanation, condition: { type: 'error', step } }) - 1)
  }
  return { steps, explainedBy }
}

/** What an iterator has given, and then the rest of it. */
async function* prepend<T>(first: IteratorResult<T, unknown>, rest: AsyncGenerator<T>) {
  if (!first.done) yield first.value
  yield* rest
}

type Failure = { message: string; code: string }

/** An error that a guard's statement raised, and not the engine: see `requires`. */
const isOfGuard = ({ code }: Failure) => /^SQLITE_(UNKNOWN|ERROR)$/.test(code)

/** What went wrong where this part failed. */
const errorOf = (part: Part | undefined, failure: Failure, explanation: Value[][]) =>
  part?.guard && isOfGuard(failure) ? part.guard.problem(explanation) : classify(failure, part?.name ?? '')

type RowsByName = Record<string, unknown[] | undefined>

/** Statements sent through `client`, each transaction after the guards of `session`. */
export const createDatabase = (client: Client, session: Guard[] = [], timeoutMs = TIMEOUT_MS): Database => {
  /** Runs the parts and returns the rows of each that has a name. Throws what went wrong. */
  const run = async (parts: Part[], isIdempotent: boolean): Promise<RowsByName> => {
    const { steps, explainedBy } = toSteps(parts)
    const results = await client.send(steps, { timeoutMs, isIdempotent })
    const failed = results.findIndex(({ error }) => error !== undefined)
    const error = results[failed]?.error
    if (error) throw errorOf(parts[failed], error, results[explainedBy.get(failed) ?? -1]?.rows ?? [])
    const rows: RowsByName = {}
    for (const [i, { name, statement, isResult }] of parts.entries()) {
      if (isResult) rows[name] = statement.toRows(results[i]?.rows ?? [])
    }
    return rows
  }

  /** The rows of each part that has a name, as they come. Throws what went wrong. */
  async function* stream(parts: Part[]) {
    for await (const { step, rows, error } of client.stream(toSteps(parts).steps, timeoutMs)) {
      const part = parts[step]
      if (error) throw errorOf(part, error, [])
      if (part?.isResult) yield { name: part.name, rows: part.statement.toRows(rows) }
    }
  }

  const write = async (transaction: Transaction<Selects, Selects, unknown>): Promise<RowsByName> => {
    const { idempotencyKey: key, dryRun = false, conflicts } = transaction
    try {
      const rows = await run(layOut(session, transaction), dryRun || key !== undefined)
      return key ? rowsOfStored(transaction, rows.stored?.[0] as StoredRows) : rows
    } catch (error) {
      if (error instanceof Replay) return rowsOfStored(transaction, error.stored)
      throw (error instanceof ConstraintError && conflicts?.[error.constraint]?.()) || error
    }
  }

  return {
    read: async (selects) => (await run(layOutRead(session, selects), true)) as never,
    stream: async (selects) => {
      const portions = stream(layOutStream(session, selects))
      const first = await portions.next()
      return prepend(first, portions) as never
    },
    transaction: async (transaction) => (await write(transaction as never)) as never,
    guardedBy: (guard) => createDatabase(client, [...session, guard], timeoutMs),
    withTimeout: (limitMs) => createDatabase(client, session, limitMs),
  }
}
