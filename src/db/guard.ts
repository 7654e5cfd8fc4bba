import { type SQL, sql } from 'drizzle-orm'
import type { Statement, Value } from './statement.ts'

/** What must be true of the stored state, and what is wrong where it is not. */
export type Guard = {
  /** A statement that fails unless the guard holds: see `requires`. */
  statement: Statement
  problem: (explanation: Value[][]) => Error
  /** What is read where the guard does not hold, for `problem`. */
  explanation?: Statement
  /** What is done with the rows of the statement, where the guard holds. */
  held?: (rows: Value[][]) => void
}

/**
 * A statement that fails, and its whole transaction with it, unless `condition` holds: what must be true of the stored
 * state costs no round trip to find out, and cannot change before the work is done. SQLite raises errors of our own only
 * in triggers; that `json` fails on malformed JSON is documented. Which guard it was shows by the step that failed. `held`
 * is what it reads where it holds.
 */
export const requires = (condition: SQL, held: SQL = sql`1`) => sql`SELECT iif(${condition}, ${held}, json('!'))`
