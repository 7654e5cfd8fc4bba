import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type Person, register } from '../../bench/people.ts'
import { api, bundle, type Server, serve } from '../../bench/servers.ts'
import { migrate } from '../../scripts/migrations.ts'
import { freePort, type Sqld, startSqld } from '../../scripts/sqld.ts'

type BodyWith = (hidden: string) => string
const plain: BodyWith = (hidden) => hidden
const inChunk: BodyWith = (hidden) => `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
const afterLastChunk: BodyWith = (hidden) => `0\r\n\r\n${hidden}`

/** Headers that tell the length of a body of `<n>` bytes in two ways or in a wrong one, and a body with a request in it. */
const framings: [headers: string, BodyWith][] = [
  ['Content-Length: <n>', plain],
  ['Content-Length: 0\r\nContent-Length: <n>', plain],
  ['Content-Length: <n>\r\nContent-Length: 0', plain],
  ['Content-Length: 0, <n>', plain],
  ['Content-Length: +0', plain],
  ['Content-Length: -1', plain],
  ['Content-Length : 0', plain],
  // 2^64, which passes for 0 where it overflows.
  ['Content-Length: 18446744073709551616', plain],
  ['Transfer-Encoding: chunked', (hidden) => `10000000000000000\r\n\r\n${hidden}`],
  ['Content-Length: 4\r\nTransfer-Encoding: chunked', inChunk],
  ['Transfer-Encoding: chunked\r\nContent-Length: 0', inChunk],
  ['Content-Length: <n>\r\nTransfer-Encoding: chunked', afterLastChunk],
  ['Transfer-Encoding: chunked\r\nContent-Length: <n>', afterLastChunk],
  ['Content-Length: <n>\r\nTransfer-Encoding : chunked', afterLastChunk],
  ['Content-Length: <n>\r\nTransfer-Encoding:\r\n chunked', afterLastChunk],
  ['Content-Length: <n>\r\nTransfer-Encoding:\x0bchunked', afterLastChunk],
  ['Content-Length: <n>\r\nTransfer\0-Encoding: chunked', afterLastChunk],
  ['Content-Length: <n>\r\nX: x\nTransfer-Encoding: chunked', afterLastChunk],
  ['Content-Length: <n>\r\nTransfer-Encoding: xchunked', afterLastChunk],
  ['Content-Length: <n>\r\nTransfer-Encoding: chunked, identity', afterLastChunk],
  ['Content-Length: <n>\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked', afterLastChunk],
]

const HEADERS = 'HTTP/1.1\r\nHost: outlay\r\nContent-Type: application/json'

describe('a request on a connection to workerd', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outlay-smuggling-'))
  let sqld: Sqld
  let server: Server
  let amina: Person
  /** A write that would succeed. */
  let hidden: string
  beforeAll(async () => {
    sqld = await startSqld(await freePort(), folder)
    await migrate(sqld.url)
    server = await serve('outlay', api(bundle(folder), sqld.url), folder)
    amina = await register(server.url, 'amina')
    hidden = `POST /v1/expenses ${HEADERS}\r\nAuthorization: Bearer ${amina.token}\r\nContent-Length: 12\r\n\r\n{"amount":1}`
  })
  afterAll(async () => {
    await server.stop()
    await sqld.stop()
    rmSync(folder, { recursive: true })
  })

  /** Sends these bytes and no more, and returns the statuses of what comes back until the connection is closed. */
  const statusesOf = async (bytes: string) => {
    let received = ''
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('data', (data) => (received += data)).on('error', () => {})
    socket.end(bytes, 'latin1')
    await closed
    return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  }

  const expenses = async () =>
    (await (await call(server.url, 'GET', '/v1/expenses', undefined, amina.token)).json()) as { data: object[] }

  it.each(framings)('hides no other one, however unclear its end is: %j', async (headers, bodyWith) => {
    const body = bodyWith(hidden)
    const framing = headers.replace('<n>', String(body.length))
    for (const first of ['POST /v1/auth/refresh', 'POST /v1/expenses', 'GET /livez']) {
      const [status, ...others] = await statusesOf(`${first} ${HEADERS}\r\n${framing}\r\n\r\n${body}`)
      expect([200, 400, 401]).toContain(status)
      expect(others).toEqual([])
    }
    expect((await expenses()).data).toEqual([])
  })

  it.each(['2\r\n{', '2\r\n{}', '-1\r\n{}\r\n', '0x2\r\n{}\r\n', '2\r\n{}{}\r\n0\r\n\r\n', '2;\n{}\n0\n\n'])(
    'is a 400 where its body is broken: %j',
    async (chunks) => {
      const request = `POST /v1/auth/refresh ${HEADERS}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`
      expect(await statusesOf(request)).toEqual([400])
    },
  )

  it('is heard where it stands by itself, so that the hidden ones were not just wrong', async () => {
    expect(await statusesOf(hidden)).toEqual([201])
    expect((await expenses()).data).toHaveLength(1)
  })
})
