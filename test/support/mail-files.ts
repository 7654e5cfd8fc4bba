import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

/** The file of the simulated `send_email` binding with a part of the mail with this id, once it is written. */
const readPart = async (id: string, part: 'text' | 'html'): Promise<string> => {
  for (;;) {
    const [path] = globSync(`${tmpdir()}/miniflare-*/email/email-${part}/${id}.*`)
    if (path) return readFileSync(path, 'utf8')
    await pause(10)
  }
}

/** A server that reads mails to the tests in workerd, which have no files: `GET /<id>` answers with both parts. */
export const startMailReader = async () => {
  const answer = async ({ url = '' }: IncomingMessage, response: ServerResponse) => {
    const id = decodeURIComponent(url.slice(1))
    const [text, html] = await Promise.all([readPart(id, 'text'), readPart(id, 'html')])
    response.end(JSON.stringify({ text, html }))
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
