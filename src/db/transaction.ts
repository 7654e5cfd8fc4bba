import type { ProblemError } from '../shared/problem.ts'
import type { Guard } from './guard.ts'
import type { Selects } from './json-rows.ts'
import type { Statement } from './statement.ts'

/** The rows of a statement. */
export type RowOf<S> = S extends Statement<infer Row> ? Row : never
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

export type Transaction<Before extends Selects, After extends Selects, Line> = {
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

/**
 * A statement in its place. `name` is for the log; `isResult` if its rows are returned under it. Where one that
 * `isCondition` fails as a guard does, nothing after it runs, and nothing is wrong.
 */
export type Part = { name: string; statement: Statement; guard?: Guard; isResult?: true; isCondition?: true }

const command = (name: string): Part => ({ name, statement: { text: name, args: [], columns: [], toRows: () => [] } })
const numbered = (step: string, statements: Statement[]): Part[] =>
  statements.map((statement, i) => ({ name: `${step}[${i}]`, statement }))
const guarded = (step: string, guards: Guard[]): Part[] =>
  guards.map((guard, i) => ({ name: `${step}[${i}]`, statement: guard.statement, guard }))
const named = (selects: Selects): Part[] =>
  Object.entries(selects).map(([name, statement]) => ({ name, statement, isResult: true }))

/** What a write reads before it and after it. */
export const selectsOf = ({ before, after, bookkeeping }: Transaction<Selects, Selects, unknown>) => {
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
export const layOut = (session: Guard[], transaction: Transaction<Selects, Selects, unknown>): Part[] => {
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

/** What is read besides, where `condition` holds: a statement that `requires` something. Else it has no rows. */
export type ReadWhere<S extends Selects> = { condition: Statement; selects: S }

/** A read: several selects see one snapshot; one alone, after the guard of its session, needs no transaction. */
export const layOutRead = (session: Guard[], selects: Selects, where?: ReadWhere<Selects>): Part[] => {
  const besides: Part[] = where
    ? [{ name: 'condition', statement: where.condition, isCondition: true }, ...named(where.selects)]
    : []
  const parts = [...guarded('session', session), ...named(selects), ...besides]
  const isAlone = !where && Object.keys(selects).length === 1
  return isAlone ? parts : [command('BEGIN TRANSACTION READONLY'), ...parts, command('COMMIT')]
}

/** A read that streams. Its guards stand before the transaction, which would stay open where one fails. */
export const layOutStream = (session: Guard[], selects: Selects): Part[] => [
  ...guarded('session', session),
  command('BEGIN TRANSACTION READONLY'),
  ...named(selects),
  command('COMMIT'),
]
