import type { Value } from './statement.ts'

/**
 * Hrana over HTTP, the protocol of libSQL (https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md), as
 * far as one batch in one request needs it. The client libraries take half a millisecond of CPU per request for it,
 * a fifth of what a read costs in all.
 */

/** When a step runs: always, or depending on whether an earlier one, by its index, did without an error. */
export type Condition = { type: 'ok' | 'error'; step: number }

export type Step = { text: string; args?: Value[]; condition?: Condition | undefined }

/** What a step did: its rows, an error of the database, or nothing where its condition did not hold. */
export type StepResult = { rows: Value[][] | undefined; error: { message: string; code: string } | undefined }

export type Encoded = { type: 'null' } | { type: 'text' | 'integer'; value: string } | { type: 'float'; value: number }

const encode = (value: Value): Encoded => {
  if (value === null) return { type: 'null' }
  if (typeof value === 'string') return { type: 'text', value }
  return Number.isInteger(value) ? { type: 'integer', value: String(value) } : { type: 'float', value }
}

export const decode = (value: Encoded): Value => {
  if (value.type === 'null') return null
  return value.type === 'integer' ? Number(value.value) : value.value
}

type Text = { sql: string } | { sql_id: number }

/** Each text that several steps have is sent once, and then known by a number. */
const shareTexts = (steps: Step[]) => {
  const counts = new Map<string, number>()
  for (const { text } of steps) counts.set(text, (counts.get(text) ?? 0) + 1)
  const shared = [...counts].filter(([, count]) => count > 1).map(([text]) => text)
  const textOf = (text: string): Text => {
    const id = shared.indexOf(text)
    return id === -1 ? { sql: text } : { sql_id: id }
  }
  return { textOf, requests: shared.map((sql, sql_id) => ({ type: 'store_sql', sql_id, sql })) }
}

/** A step as it is sent, with its text as it is or by a number. */
export const encodeStep = ({ text, args, condition }: Step, textOf: (text: string) => Text = (sql) => ({ sql })) => ({
  condition,
  stmt: { ...textOf(text), args: args?.length ? args.map(encode) : undefined },
})

/** The body of the request that runs these steps in one go. */
export const encodeBatch = (steps: Step[]): string => {
  const { textOf, requests } = shareTexts(steps)
  const encoded = steps.map((step) => encodeStep(step, textOf))
  return JSON.stringify({ requests: [...requests, { type: 'batch', batch: { steps: encoded } }, { type: 'close' }] })
}

type Failure = { message: string; code?: string }
type BatchResult = { step_results: ({ rows: Encoded[][] } | null)[]; step_errors: (Failure | null)[] }
type Answer = {
  results: { type: 'ok' | 'error'; response?: { type: string; result?: BatchResult }; error?: Failure }[]
}

const toError = (failure: Failure) => ({ message: failure.message, code: failure.code ?? 'UNKNOWN' })

/** The results of the steps of a batch, in their order. Throws where the answer is none of a database. */
export const decodeBatch = (answer: unknown, steps: Step[]): StepResult[] => {
  const { results } = answer as Answer
  const refused = results.find(({ type }) => type === 'error')?.error
  if (refused) return steps.map((_, i) => ({ rows: undefined, error: i === 0 ? toError(refused) : undefined }))
  const result = results.find(({ response }) => response?.type === 'batch')?.response?.result
  if (!result) throw new SyntaxError('The answer has no batch')
  return steps.map((_, i) => {
    const [rows, error] = [result.step_results[i]?.rows, result.step_errors[i]]
    return { rows: rows?.map((row) => row.map(decode)), error: error ? toError(error) : undefined }
  })
}
