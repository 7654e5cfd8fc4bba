import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * What goes wrong on the way to the database: it is cut before anything is sent on (`drop`) or after the database has
 * done it (`cut`), half of the answer comes (`truncate`), nothing ever does (`hang`), or it takes long there and back
 * (`delay`, `slow`, `stuck`). Or the answer is a gateway's own (`bad-gateway`), a page (`page`), that there are too many
 * calls (`throttled`), that the server has failed (`failure`), or that the database is busy.
 */
export type Fault = keyof typeof ANSWERS | keyof typeof DELAYS_MS | 'drop' | 'cut' | 'truncate' | 'hang'

/** How the way to the database behaves: a fault on every call, or on the first ones only. */
export type Behaviour = 'pass' | Fault | `once-${Fault}` | 'twice-busy' | `later-${Fault}`

/** On how many calls a behaviour fails; `later` is on all but the first. */
const TIMES: Record<string, number> = { once: 1, twice: 2 }

/** How long a call takes longer, in milliseconds: half of it before the database has it, half of it after. */
const DELAYS_MS = { delay: 100, slow: 3000, stuck: 30_000 }

const busy = (body: string) => {
  const { requests } = JSON.parse(body) as { requests: { type: string }[] }
  const error = { message: 'SQLite error: database is locked', code: 'SQLITE_BUSY' }
  const results = requests.map(({ type }) =>
    type === 'close' ? { type: 'ok', response: { type } } : { type: 'error', error },
  )
  return JSON.stringify({ baton: null, base_url: null, results })
}

const page = '<!doctype html><title>Sorry</title>'

/** What is answered in place of the database: status, type and body. */
const ANSWERS = {
  'bad-gateway': () => [502, 'text/html', page],
  page: () => [200, 'text/html', page],
  throttled: () => [429, 'application/json', '{"error":"Too many requests"}'],
  failure: () => [500, 'application/json', '{"error":"Internal server error"}'],
  busy: (body: string) => [200, 'application/json', busy(body)],
} satisfies Record<string, (body: string) => [number, string, string]>

const has = <T extends object>(table: T, name: PropertyKey): name is keyof T => name in table

/**
 * A proxy in front of sqld. Its address is `/<behaviour>/<key>`, and it counts the calls of each key, so that any
 * number of tests can use it side by side: `GET /count/<key>` tells. The behaviour `chosen` leaves it to `choose`, for each
 * call by its body.
 */
export const startProxy = async (upstream: string, choose: (body: string) => Fault | 'pass' = () => 'pass') => {
  let calls = 0
  const counts = new Map<string, number>()

  /** Sends a call on, and has `spoil` do something to the answer. */
  const forward = async (
    path: string,
    body: string,
    response: ServerResponse,
    spoil: (answer: string) => string | null | Promise<string>,
  ) => {
    const answer = await fetch(`${upstream}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    const spoilt = await spoil(await answer.text())
    if (spoilt === null) return response.destroy()
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('Content-Type') ?? 'text/plain' })
    response.end(spoilt)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const [, behaviour = '', key = '', ...rest] = (request.url ?? '').split('/')
    if (behaviour === 'count') return response.end(String(counts.get(key) ?? 0))
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const body = await text(request)
    const [, times = '', what = ''] = /^(?:(once|twice|later)-)?(.*)$/.exec(behaviour) ?? []
    const isFaulty = times === 'later' ? count > 1 : count <= (TIMES[times] ?? Infinity)
    const named = isFaulty ? (what as Fault | 'pass' | 'chosen') : 'pass'
    const fault = named === 'chosen' ? choose(body) : named
    const pass = (spoil: Parameters<typeof forward>[3]) => forward(`/${rest.join('/')}`, body, response, spoil)
    if (has(ANSWERS, fault)) {
      const [status, type, answer] = ANSWERS[fault](body)
      return response.writeHead(status, { 'Content-Type': type }).end(answer)
    }
    if (has(DELAYS_MS, fault)) {
      const half = DELAYS_MS[fault] / 2
      await pause(half)
      return pass((answer) => pause(half, answer))
    }
    switch (fault) {
      case 'drop':
        return request.socket.destroy()
      case 'hang':
        return
      case 'cut':
        return pass(() => null)
      case 'truncate':
        return pass((answer) => answer.slice(0, answer.length / 2))
      case 'pass':
        return pass((answer) => answer)
    }
  }

  const server = createServer((request, response) => {
    calls++
    handle(request, response)
      .catch(() => response.destroy())
      .finally(() => calls--)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    /** How many calls it has not dealt with yet: one that nobody waits for any longer is sent on all the same. */
    pending: () => calls,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
