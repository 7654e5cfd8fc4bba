import type { Value } from '@libsql/hrana-client'

/** A rule refused the work, and the whole batch with it. */
export class ConstraintError extends Error {
  /** The name of a CHECK, of a guard or of a unique expression; `table.column, …` of unique columns, or of one that overflowed; or `FOREIGN KEY`. */
  readonly constraint: string
  /** The rows of what the write wanted to be told in this case. */
  readonly explanation: Value[][][]

  constructor(constraint: string, explanation: Value[][][]) {
    super(`Constraint failed: ${constraint}`)
    this.constraint = constraint
    this.explanation = explanation
  }
}

/** The database is down, too slow, too busy, or answered what nobody expects. `reason` is safe to log. */
export class DatabaseError extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(`The database failed: ${reason}`)
    this.reason = reason
  }
}

const PATTERNS = [
  /(FOREIGN KEY) constraint failed/,
  /(?:UNIQUE|CHECK) constraint failed: (?:index ')?([\w.]+(?:, [\w.]+)*)/,
  /cannot store REAL value in INTEGER column ([\w.]+)/, // an integer that overflowed
  /bad JSON path: '([a-z_]+)'$/, // see guard
]

/**
 * What an error of the database means. Every constraint has the one code SQLITE_CONSTRAINT, and the message can
 * hold SQL and parameters: this is the only place that reads it, and what it returns holds neither.
 */
export const classify = (error: unknown, explanation: Value[][][] = []): ConstraintError | DatabaseError => {
  const { code, message } = error as { code?: string; message: string }
  const constraint = PATTERNS.map((pattern) => pattern.exec(message)?.[1]).find((match) => match !== undefined)
  return constraint ? new ConstraintError(constraint, explanation) : new DatabaseError(code ?? 'UNREACHABLE')
}
