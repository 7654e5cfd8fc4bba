/** A constraint of the schema refused the work, and the whole transaction with it. */
export class ConstraintError extends Error {
  /** The name of a CHECK or of a unique expression; `table.column, …` of unique columns, or of one that overflowed; or `FOREIGN KEY`. */
  readonly constraint: string

  constructor(constraint: string) {
    super(`Constraint failed: ${constraint}`)
    this.constraint = constraint
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
]

/**
 * What an error of the database means. Every constraint has the one code SQLITE_CONSTRAINT, and the message can
 * hold SQL and parameters: this is the only place that reads it, and what it returns holds neither.
 */
export const classify = ({ message, code }: { message: string; code: string }): ConstraintError | DatabaseError => {
  const constraint = PATTERNS.map((pattern) => pattern.exec(message)?.[1]).find((match) => match !== undefined)
  return constraint ? new ConstraintError(constraint) : new DatabaseError(code)
}
