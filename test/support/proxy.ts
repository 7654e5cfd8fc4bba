import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * What goes wrong on the way to the database: it is cut before anything is sent on (`drop`) or after the database has
 * done it (`cut`), half of the answer comes (`truncate`), nothing ever does (`hang`), the answer is late (`delay`), a
 * gateway's own (`bad-gateway`), or that the database is busy.
 */
export type Fault = 'drop' | 'cut' | 'truncate' | 'hang' | 'delay' | 'bad-gateway' | 'busy'

/** How the way to the database behaves: a fault on every call, or on the first ones only. */
export type Behaviour = 'pass' | Fault | `once-${Fault}` | 'twice-busy'

/** On how many calls a behaviour fails. */
const TIMES: Record<string, number> = { once: 1, twice: 2 }

/** How late a late answer is, in milliseconds. */
const LATE = 100

const busy = (body: string) => {
  const { requests } = JSON.parse(body) as { requests: { type: string }[] }
  const error = { message: 'SQLite error: database is locked', code: 'SQLITE_BUSY' }
  const results = requests.map(({ type }) =>
    type === 'close' ? { type: 'ok', response: { type } } : { type: 'error', error },
  )
  return JSON.stringify({ baton: null, base_url: null, results })
}

/**
 * A proxy in front of sqld. Its address is `/<behaviour>/<key>`, and it counts the calls of each key, so that any
 * number of tests can use it side by side: `GET /count/<key>` tells.
 */
export const startProxy = async (upstream: string) => {
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
    const [, times = '', what = ''] = /^(?:(once|twice)-)?(.*)$/.exec(behaviour) ?? []
    const pass = (spoil: Parameters<typeof forward>[3]) => forward(`/${rest.join('/')}`, body, response, spoil)
    switch (count <= (TIMES[times] ?? Infinity) ? (what as 'pass' | Fault) : 'pass') {
      case 'drop':
        return request.socket.destroy()
      case 'hang':
        return
      case 'bad-gateway':
        return response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html>Bad gateway</html>')
      case 'busy':
        return response.writeHead(200, { 'Content-Type': 'application/json' }).end(busy(body))
      case 'cut':
        return pass(() => null)
      case 'truncate':
        return pass((answer) => answer.slice(0, answer.length / 2))
      case 'delay':
        return pass((answer) => pause(LATE, answer))
      case 'pass':
        return pass((answer) => answer)
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
