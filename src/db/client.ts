import { now } from '../shared/clock.ts'
import { decodeCursor, encodeCursorBatch, type Portion } from './cursor.ts'
import { DatabaseError } from './errors.ts'
import { decodeBatch, encodeBatch, type Step, type StepResult } from './hrana.ts'

/** How long a call may take in all, its retries included. */
export const TIMEOUT_MS = 2500
/** How often a call that found the database busy is made again. */
const MAX_RETRIES = 3
/** The longest pause before the first retry; it doubles with each. */
const BACKOFF_MS = 50

/** How much of a stream is read at once. */
const CHUNK_BYTES = 64 * 1024

/** What a request asked of the database, for `Server-Timing` and the log. */
export type DatabaseUse = { roundTrips: number; milliseconds: number }

type SendOptions = {
  timeoutMs: number
  /** Safe to send again where the answer is lost: a read, or a write that knows by its key that it was done. */
  isIdempotent: boolean
}

/** `url` with `https` or `http`, and no slash at the end. */
type Connection = { url: string; authToken: string | undefined }

/** A signal that aborts after a silence of `timeoutMs`, which is counted from `start` until `clear`. */
const silence = (timeoutMs: number) => {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout>
  const start = () => {
    timer = setTimeout(() => controller.abort(), timeoutMs)
  }
  start()
  return { signal: controller.signal, start, clear: () => clearTimeout(timer) }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const toDatabaseError = (error: unknown) => {
  if (error instanceof DatabaseError) return error
  return new DatabaseError(error instanceof SyntaxError ? 'MALFORMED_ANSWER' : 'UNREACHABLE')
}

const isBusy = (results: StepResult[]) => results.some(({ error }) => error?.code === 'SQLITE_BUSY')

/** The way to the database for one request, which adds to `use` what it costs. */
export class Client {
  readonly #connection: Connection
  readonly #use: DatabaseUse

  constructor(connection: Connection, use: DatabaseUse) {
    this.#connection = connection
    this.#use = use
  }

  /** Sends steps in one request and returns what each did. Throws DatabaseError. */
  async send(steps: Step[], { timeoutMs, isIdempotent }: SendOptions): Promise<StepResult[]> {
    const started = now()
    const signal = AbortSignal.timeout(timeoutMs)
    const body = encodeBatch(steps)
    let hasLost = false
    try {
      for (let retry = 0; ; retry++) {
        const results = await this.#attempt(steps, body, signal).catch((error: unknown) => {
          if (signal.aborted) throw new DatabaseError('TIMEOUT')
          if (!isIdempotent || hasLost) throw toDatabaseError(error)
          hasLost = true
        })
        if (results && !(isBusy(results) && retry < MAX_RETRIES)) return results
        await pause(Math.random() * BACKOFF_MS * 2 ** retry)
      }
    } finally {
      this.#use.milliseconds += now() - started
    }
  }

  /**
   * Sends steps in one request and returns their rows as they come. `timeoutMs` bounds the wait for the first, and each
   * silence after it. Throws DatabaseError.
   */
  stream(steps: Step[], timeoutMs: number): AsyncGenerator<Portion> {
    return decodeCursor(this.#chunksOf('/v3/cursor', encodeCursorBatch(steps), timeoutMs), steps.length)
  }

  async #post(path: string, body: string, signal: AbortSignal) {
    const { url, authToken } = this.#connection
    const headers = { 'Content-Type': 'application/json', ...(authToken && { Authorization: `Bearer ${authToken}` }) }
    this.#use.roundTrips++
    const response = await fetch(url + path, { method: 'POST', headers, body, signal })
    if (!response.ok) throw new DatabaseError(`HTTP_${response.status}`)
    return response
  }

  async #attempt(steps: Step[], body: string, signal: AbortSignal) {
    return decodeBatch(await (await this.#post('/v2/pipeline', body, signal)).json(), steps)
  }

  /** The chunks of an answer. While somebody takes their time to read one, no silence is counted. */
  async *#chunksOf(path: string, body: string, timeoutMs: number): AsyncGenerator<string> {
    const started = now()
    const { signal, start, clear } = silence(timeoutMs)
    const decoder = new TextDecoder()
    let reader: ReadableStreamBYOBReader | undefined
    try {
      const answer = await this.#post(path, body, signal)
      this.#use.milliseconds += now() - started
      reader = answer.body?.getReader({ mode: 'byob' })
      // Large chunks: sqld sends each row by itself, and a read costs more than a row.
      for (let buffer = new ArrayBuffer(CHUNK_BYTES); reader; ) {
        const { value, done } = await reader.read(new Uint8Array(buffer), { min: CHUNK_BYTES })
        clear()
        yield decoder.decode(value, { stream: !done })
        if (done || !value) return
        start()
        buffer = value.buffer
      }
    } catch (error) {
      if (signal.aborted) throw new DatabaseError('TIMEOUT')
      throw error instanceof DatabaseError ? error : new DatabaseError('UNREACHABLE')
    } finally {
      clear()
      await reader?.cancel().catch(() => undefined)
    }
  }
}
