import { now } from '../shared/clock.ts'
import { DatabaseError } from './errors.ts'
import { decodeBatch, encodeBatch, type Step, type StepResult } from './hrana.ts'

/** How long a call may take in all, its retries included. */
export const TIMEOUT_MS = 2500
/** The slices in which that is counted. */
const SLICE_MS = 50
/** How often a call that found the database busy is made again. */
const MAX_RETRIES = 3
/** The longest pause before the first retry; it doubles with each. */
const BACKOFF_MS = 50

/** What a request asked of the database, for `Server-Timing` and the log. */
export type DatabaseUse = { roundTrips: number; milliseconds: number }

type SendOptions = {
  timeoutMs: number
  /** Safe to send again where the answer is lost: a read, or a write that knows by its key that it was done. */
  isIdempotent: boolean
}

/** Sends steps in one request and returns what each did. Throws DatabaseError. */
export type Send = (steps: Step[], options: SendOptions) => Promise<StepResult[]>

type Connection = { url: string; authToken: string | undefined }

/**
 * A signal that aborts after `timeoutMs`. It is counted in short slices, so that time in which another request of the
 * isolate hashes a password, and nobody could hear an answer, counts as one of them and not as silence.
 */
const deadline = (timeoutMs: number) => {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout>
  const wait = (left: number) => {
    timer = setTimeout(() => (left > SLICE_MS ? wait(left - SLICE_MS) : controller.abort()), Math.min(left, SLICE_MS))
  }
  wait(timeoutMs)
  return { signal: controller.signal, clear: () => clearTimeout(timer) }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const toDatabaseError = (error: unknown) => {
  if (error instanceof DatabaseError) return error
  return new DatabaseError(error instanceof SyntaxError ? 'MALFORMED_ANSWER' : 'UNREACHABLE')
}

const isBusy = (results: StepResult[]) => results.some(({ error }) => error?.code === 'SQLITE_BUSY')

/** The way to the database for one request, which adds to `use` what it costs. */
export const connect = ({ url, authToken }: Connection, use: DatabaseUse): Send => {
  const endpoint = `${url.replace(/^libsql:/, 'https:').replace(/\/$/, '')}/v2/pipeline`
  const headers = { 'Content-Type': 'application/json', ...(authToken && { Authorization: `Bearer ${authToken}` }) }

  const attempt = async (steps: Step[], body: string, signal: AbortSignal) => {
    use.roundTrips++
    const response = await fetch(endpoint, { method: 'POST', headers, body, signal })
    if (!response.ok) throw new DatabaseError(`HTTP_${response.status}`)
    return decodeBatch(await response.json(), steps)
  }

  return async (steps, { timeoutMs, isIdempotent }) => {
    const started = now()
    const { signal, clear } = deadline(timeoutMs)
    const body = encodeBatch(steps)
    let hasLost = false
    try {
      for (let retry = 0; ; retry++) {
        const results = await attempt(steps, body, signal).catch((error: unknown) => {
          if (signal.aborted) throw new DatabaseError('TIMEOUT')
          if (!isIdempotent || hasLost) throw toDatabaseError(error)
          hasLost = true
        })
        if (results && !(isBusy(results) && retry < MAX_RETRIES)) return results
        await pause(Math.random() * BACKOFF_MS * 2 ** retry)
      }
    } finally {
      clear()
      use.milliseconds += now() - started
    }
  }
}
