import { type Client, TIMEOUT_MS } from './client.ts'
import { ConstraintError, classify } from './errors.ts'
import type { Guard } from './guard.ts'
import type { Condition, Step } from './hrana.ts'
import { rowsFromJson, type Selects } from './json-rows.ts'
import type { Value } from './statement.ts'
import {
  layOut,
  layOutRead,
  layOutStream,
  type Part,
  type ReadWhere,
  Replay,
  type RowOf,
  type StoredRows,
  selectsOf,
  type Transaction,
} from './transaction.ts'

type Rows<S extends Selects> = { [Name in keyof S]: RowOf<S[Name]>[] }
/** Some rows of one of the selects. */
type RowsOfOne<S extends Selects> = { [Name in keyof S]: { name: Name; rows: RowOf<S[Name]>[] } }[keyof S]

type Result<Before extends Selects, After extends Selects, Line> = Rows<Before> &
  Rows<After> & { linesBefore: Line[]; linesAfter: Line[] }

type RowsByName = Record<string, unknown[] | undefined>

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

/** Whether the part failed because of what it says, which is nothing wrong, and not because of the engine. */
const isUnmet = (part: Part | undefined, failure: Failure) => part?.isCondition && isOfGuard(failure)

/** What went wrong where this part failed. */
const errorOf = (part: Part | undefined, failure: Failure, explanation: Value[][]) =>
  part?.guard && isOfGuard(failure) ? part.guard.problem(explanation) : classify(failure, part?.name ?? '')

/** The database for one request: sends statements through `client`, after the guards of `session`. */
export class Database {
  readonly #client: Client
  readonly #session: Guard[]
  readonly #timeoutMs: number

  constructor(client: Client, session: Guard[] = [], timeoutMs = TIMEOUT_MS) {
    this.#client = client
    this.#session = session
    this.#timeoutMs = timeoutMs
  }

  /**
   * The rows of these selects, by name, of one snapshot: also of those that are read only `where` a condition holds, which
   * cost nothing where it does not. Throws DatabaseError, or the problem of a guard.
   */
  async read<S extends Selects, Besides extends Selects = Record<never, never>>(
    selects: S,
    where?: ReadWhere<Besides>,
  ): Promise<Rows<S> & Rows<Besides>> {
    return (await this.#run(layOutRead(this.#session, selects, where), true)) as never
  }

  /**
   * The same rows, some at a time and select by select, in constant memory; of each select at least once. Resolves when
   * the guards hold. Throws DatabaseError, while it is read too, or the problem of a guard.
   */
  async stream<S extends Selects>(selects: S): Promise<AsyncIterable<RowsOfOne<S>>> {
    const portions = this.#stream(layOutStream(this.#session, selects))
    const first = await portions.next()
    return prepend(first, portions) as never
  }

  /** Does a write as `layOut` says. Throws DatabaseError, ConstraintError, or the problem of a guard or a conflict. */
  async transaction<
    Before extends Selects = Record<never, never>,
    After extends Selects = Record<never, never>,
    Line = never,
  >(transaction: Transaction<Before, After, Line>): Promise<Result<Before, After, Line>> {
    return (await this.#write(transaction as never)) as never
  }

  /** The same database, but whatever is read or written asks this guard first. */
  guardedBy(guard: Guard): Database {
    return new Database(this.#client, [...this.#session, guard], this.#timeoutMs)
  }

  /** The same database, but each call may take so long, in milliseconds. */
  withTimeout(timeoutMs: number): Database {
    return new Database(this.#client, this.#session, timeoutMs)
  }

  /** Runs the parts and returns the rows of each that has a name. Throws what went wrong. */
  async #run(parts: Part[], isIdempotent: boolean): Promise<RowsByName> {
    const { steps, explainedBy } = toSteps(parts)
    const results = await this.#client.send(steps, { timeoutMs: this.#timeoutMs, isIdempotent })
    for (const [i, { guard }] of parts.entries()) {
      const rows = results[i]?.rows
      if (rows) guard?.held?.(rows)
    }
    const failed = results.findIndex(({ error }) => error !== undefined)
    const error = results[failed]?.error
    if (error && !isUnmet(parts[failed], error))
      throw errorOf(parts[failed], error, results[explainedBy.get(failed) ?? -1]?.rows ?? [])
    const rows: RowsByName = {}
    for (const [i, { name, statement, isResult }] of parts.entries()) {
      if (isResult) rows[name] = statement.toRows(results[i]?.rows ?? [])
    }
    return rows
  }

  /** The rows of each part that has a name, as they come. Throws what went wrong. */
  async *#stream(parts: Part[]) {
    for await (const { step, rows, error } of this.#client.stream(toSteps(parts).steps, this.#timeoutMs)) {
      const part = parts[step]
      if (error) throw errorOf(part, error, [])
      part?.guard?.held?.(rows)
      if (part?.isResult) yield { name: part.name, rows: part.statement.toRows(rows) }
    }
  }

  async #write(transaction: Transaction<Selects, Selects, unknown>): Promise<RowsByName> {
    const { idempotencyKey: key, dryRun = false, conflicts } = transaction
    try {
      const rows = await this.#run(layOut(this.#session, transaction), dryRun || key !== undefined)
      return key ? rowsOfStored(transaction, rows.stored?.[0] as StoredRows) : rows
    } catch (error) {
      if (error instanceof Replay) return rowsOfStored(transaction, error.stored)
      throw (error instanceof ConstraintError && conflicts?.[error.constraint]?.()) || error
    }
  }
}
