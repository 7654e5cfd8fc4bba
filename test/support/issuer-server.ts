import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair } from 'jose'

type Shown = { status: number; body: string }

/**
 * Where issuers of OpenID Connect show what they show to everybody, each under a path of its own: PUT keeps what GET then
 * answers, with the status in `?status=`. `GET …?count` tells how often that was. One is there from the start,
 * `/company`: `key` is the private key by which tests that need any issuer sign.
 */
export const startIssuers = async () => {
  const shown = new Map<string, Shown>()
  const counts = new Map<string, number>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://issuer')
    if (request.method === 'PUT') {
      shown.set(pathname, { status: Number(searchParams.get('status') ?? 200), body: await text(request) })
      response.end()
    } else if (searchParams.has('count')) response.end(String(counts.get(pathname) ?? 0))
    else {
      counts.set(pathname, (counts.get(pathname) ?? 0) + 1)
      const { status, body } = shown.get(pathname) ?? { status: 404, body: '' }
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)
    }
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const issuer = `${url}/company`
  const show = (path: string, body: object) => shown.set(`/company${path}`, { status: 200, body: JSON.stringify(body) })
  show('/.well-known/openid-configuration', { issuer, jwks_uri: `${issuer}/jwks` })
  show('/jwks', { keys: [{ ...(await exportJWK(publicKey)), kid: 'company', alg: 'ES256', use: 'sig' }] })
  return {
    url,
    key: await exportJWK(privateKey),
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
