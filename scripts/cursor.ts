import type { Database } from './database.ts'
import { SetupError } from './sqld.ts'

type Line = { type: string; step?: number; row?: unknown; error?: { message: string } }

/** The lines of a text, as they come. */
export const toLines = async function* (body: ReadableStream<Uint8Array>) {
  let rest = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter(Boolean)
  }
  if (rest) yield rest
}

/**
 * Runs statements one after the other and yields the rows of each as they come, with its index: any number of them, in
 * constant memory. (`POST /v3/cursor`; `/v2/pipeline`, which the client uses, refuses answers over 10 MB.)
 * Throws SetupError.
 */
export const rowsOf = async function* ({ url, authToken }: Database, statements: string[]) {
  const response = await fetch(`${url.replace(/^libsql:/, 'https:').replace(/\/$/, '')}/v3/cursor`, {
    method: 'POST',
    headers: authToken ? { Authorization: `Bearer ${authToken}` } : {},
    body: JSON.stringify({
      batch: {
        steps: statements.map((sql, i) => ({
          stmt: { sql },
          condition: i === 0 ? null : { type: 'ok', step: i - 1 },
        })),
      },
    }),
  })
  if (!response.ok || !response.body) throw new SetupError(`The database answered HTTP ${response.status}.`)
  let step = -1
  let ended = 0
  for await (const text of toLines(response.body)) {
    const { type, row, error, ...line }: Line = JSON.parse(text)
    if (error) throw new SetupError(`The database cannot be read: ${error.message}`)
    if (type === 'step_begin') step = line.step ?? step
    if (type === 'step_end') ended++
    if (type === 'row') yield { step, row }
  }
  if (ended !== statements.length) throw new SetupError('The answer of the database was cut off.')
}
