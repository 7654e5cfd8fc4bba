import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** How the way to the database behaves. */
export type Behaviour = 'pass' | 'drop' | 'hang' | 'bad-gateway' | 'busy-twice' | 'busy'

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

  const forward = async (path: string, body: string, response: ServerResponse) => {
    const answer = await fetch(`${upstream}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    response.writeHead(answer.status, { 'Content-Type': answer.headers.get('Content-Type') ?? 'text/plain' })
    response.end(await answer.text())
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const [, behaviour = '', key = '', ...rest] = (request.url ?? '').split('/')
    if (behaviour === 'count') return response.end(String(counts.get(key) ?? 0))
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const body = await text(request)
    const json = { 'Content-Type': 'application/json' }
    switch (behaviour as Behaviour) {
      case 'drop':
        return request.socket.destroy()
      case 'hang':
        return
      case 'bad-gateway':
        return response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html>Bad gateway</html>')
      case 'busy':
        return response.writeHead(200, json).end(busy(body))
      case 'busy-twice':
        if (count <= 2) return response.writeHead(200, json).end(busy(body))
    }
    await forward(`/${rest.join('/')}`, body, response)
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
