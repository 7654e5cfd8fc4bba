import { DatabaseError } from './errors.ts'
import { decode, type Encoded, encodeStep, type Step } from './hrana.ts'
import type { Value } from './statement.ts'

/**
 * The cursor of Hrana 3 over HTTP: one batch whose rows come as they are read, one line of JSON each, so that neither
 * side holds more than some of them. The pipeline of src/db/hrana.ts refuses answers over 10 MB.
 */

/** The body of the request that runs these steps and answers with a cursor. */
export const encodeCursorBatch = (steps: Step[]): string =>
  JSON.stringify({ batch: { steps: steps.map((step) => encodeStep(step)) } })

type Failure = { message: string; code?: string }

/** A line of a cursor. Those before the first step and after the last have other members, and say nothing to us. */
type Entry =
  | { type: 'step_begin' | 'step_error'; step: number; error: Failure }
  | { type: 'row'; row: Encoded[] }
  | { type: 'step_end' }
  | { type: 'error'; error: Failure }

/** What a cursor tells: some rows of a step, of which the last may be none; or that a step failed. */
export type Portion = { step: number; rows: Value[][]; error?: { message: string; code: string } }

const parse = (line: string): Entry => {
  try {
    return JSON.parse(line)
  } catch {
    throw new DatabaseError('MALFORMED')
  }
}

/** The lines of each chunk that it completes. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
}

/**
 * The rows of a cursor with this many steps, some at a time and in order; at least one portion for each step. Throws
 * DatabaseError for one that ends too early.
 */
export async function* decodeCursor(chunks: AsyncIterable<string>, stepCount: number): AsyncGenerator<Portion> {
  let [step, ended] = [0, 0]
  for await (const lines of linesOf(chunks)) {
    let rows: Value[][] = []
    for (const line of lines) {
      const entry = parse(line)
      if (entry.type === 'row') rows.push(entry.row.map(decode))
      else if (entry.type === 'step_begin') step = entry.step
      else if (entry.type === 'step_end') {
        yield { step, rows }
        rows = []
        ended++
      } else if (entry.type === 'step_error') {
        yield { step: entry.step, rows: [], error: { code: 'UNKNOWN', ...entry.error } }
      } else if (entry.type === 'error') throw new DatabaseError(entry.error.code ?? 'UNKNOWN')
    }
    if (rows.length > 0) yield { step, rows }
  }
  if (ended < stepCount) throw new DatabaseError('CUT')
}
