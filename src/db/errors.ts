/** A constraint of the schema refused the work, and the whole transaction with it. */
export class ConstraintError extends Error {
  /** The name of a CHECK or of a unique expression; `table.column, …` of unique columns, or of one that overflowed; or `FOREIGN KEY`. */
  readonly constraint: string
  /** The name of the statement that failed: see `layOut`. */
  readonly statement: string

  constructor(constraint: string, statement: string) {
    super(`Constraint failed: ${constraint}`)
    this.name = 'ConstraintError'
    this.constraint = constraint
    this.statement = statement
  }
}

/** The database is down, too slow, too busy, or answered what nobody expects. */
export class DatabaseError extends Error {
  /** SQLite's code (`SQLITE_BUSY`), `HTTP_502`, `TIMEOUT`, `UNREACHABLE` or `MALFORMED_ANSWER`. */
  readonly code: string
  /** The name of the statement that failed, if one did: see `layOut`. */
  readonly statement: string | undefined

  constructor(code: string, statement?: string) {
    super(`The database failed: ${code}`)
    this.code = code
    this.statement = statement
  }
}

const PATTERNS = [
  /(FOREIGN KEY) constraint failed/,
  /(?:UNIQUE|CHECK) constraint failed: (?:index ')?([\w.]+(?:, [\w.]+)*)/,
  /cannot store REAL value in INTEGER column ([\w.]+)/, // an integer that overflowed
]

type Failure = { message: string; code: string }

/**
 * What an error of the database means, raised by the statement of this name. Every constraint has the one code
 * SQLITE_CONSTRAINT, and the message can hold SQL and parameters: this is the only place that reads it, and what it
 * returns holds neither.
 */
export const classify = ({ message, code }: Failure, statement: string): ConstraintError | DatabaseError => {
  const constraint = PATTERNS.map((pattern) => pattern.exec(message)?.[1]).find((match) => match !== undefined)
  return constraint ? new ConstraintError(constraint, statement) : new DatabaseError(code, statement)
}
