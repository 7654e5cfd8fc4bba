/** A proxy in front of sqld, which counts what goes through it, and can hold it up. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

/** What was asked of the database; `milliseconds` is what it took by its own clock. */
export type Use = {
  bytes: number
  steps: number
  rowsRead: number
  rowsWritten: number
  roundTrips: number
  milliseconds: number
}

type Statistics = { rows_read: number; rows_written: number; query_duration_ms?: number }
type Request = { type: string; batch?: { steps: unknown[] } }
type Result = Statistics & { step_results?: (Statistics | null)[] }
type Answer = { results: { response?: { result?: Result } }[] }

const nothing = (): Use => ({ bytes: 0, steps: 0, rowsRead: 0, rowsWritten: 0, roundTrips: 0, milliseconds: 0 })

const stepsOf = ({ type, batch }: Request) => batch?.steps.length ?? (type === 'execute' ? 1 : 0)

const count = (use: Use, sent: string, answered: string) => {
  use.roundTrips++
  use.bytes += Buffer.byteLength(sent)
  for (const request of (JSON.parse(sent) as { requests: Request[] }).requests) use.steps += stepsOf(request)
  for (const { response } of (JSON.parse(answered) as Answer).results) {
    for (const result of response?.result?.step_results ?? [response?.result]) {
      use.rowsRead += result?.rows_read ?? 0
      use.rowsWritten += result?.rows_written ?? 0
      use.milliseconds += result?.query_duration_ms ?? 0
    }
  }
}

export const startProxy = async (upstream: string) => {
  let use = nothing()
  let delay = 0

  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    if (delay > 0) await pause(delay)
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(`${upstream}${request.url}`, { method: 'POST', headers, body })
    const answered = await answer.text()
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answered)
    // Only now, so that it holds up nothing.
    count(use, body, answered)
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    /** Adds so many milliseconds to every round trip from now on. */
    holdUp: (milliseconds: number) => {
      delay = milliseconds
    },
    /** What was asked of the database since this was called before. */
    take: (): Use => {
      const taken = use
      use = nothing()
      return taken
    },
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
