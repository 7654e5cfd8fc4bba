import { type SQL, sql } from 'drizzle-orm'
import type { Statement, Value } from './statement.ts'

/** What must be true of the stored state, and what is wrong where it is not. */
export type Guard = {
  /** A statement that fails unless the guard holds: see `requires`. */
  statement: Statement
  problem: (explanation: Value[][]) => Error
  /** What is read where the guard does not hold, for `problem`. */
  explanation?: Statement
}

/**
 * A statement that fails, and its whole transaction with it, unless `condition` holds: what must be true of the stored
 * state costs no round trip to find out, and cannot change before the work is done. SQLite raises errors of our own only
 * in triggers; that `json` fails on malformed JSON is documented. Which guard it was shows by the step that failed.
 */
export const requires = (condition: SQL) => sql`SELECT iif(${condition}, 1, json('!'))`
