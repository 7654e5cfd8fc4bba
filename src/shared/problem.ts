/**
 * One fault of the input. `pointer` is a JSON pointer (RFC 6901) into the body, or `/name` of a parameter. Where that is a
 * file, `line` and `member` tell what of it.
 */
export type Fault = {
  in: 'body' | 'query' | 'path' | 'header'
  pointer: string
  code: string
  message: string
  line?: number
  member?: string | null
  /** Of a number, or of how many characters or items there are. */
  minimum?: number
  maximum?: number
  /** The values of which it must be one. */
  allowed?: string[]
}

/** A kind of error, declared once. It is thrown, documented and listed at `/problems`. */
export type ProblemDefinition = {
  /** Stable, snake_case; clients switch on it. */
  code: string
  status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 412 | 413 | 415 | 422 | 429 | 500 | 503
  /** Short, and the same at every occurrence. */
  title: string
  /** What happened and what to do about it. An occurrence may have a more precise one. */
  detail: string
  /** The faults of a 422 whose faults are always the same. */
  faults?: Fault[]
}

type Occurrence = {
  detail?: string
  errors?: Fault[]
  headers?: Record<string, string>
  /** What only problems of this kind tell (RFC 9457, section 3.2). */
  members?: Record<string, string>
  /** What has caused it, as far as it is safe to log. It is not answered. */
  cause?: Record<string, unknown>
}

/** An occurrence of a problem. Anything below a route throws it, and `http/errors` answers with it. */
export class ProblemError extends Error {
  readonly definition: ProblemDefinition
  readonly occurrence: Occurrence

  constructor(definition: ProblemDefinition, occurrence: Occurrence) {
    super(definition.code)
    this.definition = definition
    this.occurrence = occurrence
  }
}

export type Problem = ProblemDefinition & {
  (occurrence?: Occurrence): ProblemError
  /** Throws the problem inside an expression: `row ?? expenseNotFound.raise()`. */
  raise(occurrence?: Occurrence): never
}

const defined = new Map<string, Problem>()

/** Declares a problem. Throws if its `code` is already declared. */
export const defineProblem = (definition: ProblemDefinition): Problem => {
  if (defined.has(definition.code)) throw new Error(`The problem ${definition.code} is defined twice`)
  const make = (occurrence: Occurrence = {}) => new ProblemError(definition, occurrence)
  const raise = (occurrence: Occurrence = {}): never => {
    throw make(occurrence)
  }
  const problem = Object.assign(make, { ...definition, raise })
  defined.set(definition.code, problem)
  return problem
}

/** Every declared problem, sorted by code. */
export const allProblems = (): Problem[] => [...defined.values()].sort((a, b) => a.code.localeCompare(b.code))
