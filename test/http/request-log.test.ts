import { beforeAll, describe, expect, it } from 'vitest'
import { anyone, type Caller, type Employee, employee, newId } from '../support/api.ts'
import { operations } from '../support/document.ts'
import { loggedDuring, printedDuring } from '../support/log.ts'
import { databaseThat } from '../support/proxied.ts'
import { callerOf, requestOf } from '../support/requests.ts'

/** The one line that a request leaves in the log. */
const lineOf = async (
  who: Caller,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) => {
  const lines = await loggedDuring(() => who.send(method, path, body, { headers }))
  expect(lines).toHaveLength(1)
  return lines[0]
}

describe('the log', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  const PROBES = ['getLiveness', 'getReadiness']

  it.each(operations.filter(({ operationId }) => !PROBES.includes(operationId)))(
    'has one line for $operationId, with the pattern of its route',
    async ({ operationId, method, path: template, security }) => {
      const caller = await callerOf(operationId, amina)
      const { path, body } = await requestOf(operationId, caller)
      const line = await lineOf(caller, method, path, body)
      expect(line).toMatchObject({
        level: 'info',
        method,
        route: template.replaceAll(/\{(\w+)\}/g, ':$1'),
        path: path.split('?')[0]?.replace(/\w{40,}$/, '***'),
        status: expect.toSatisfy((status) => status < 300),
      })
      expect(line.userId).toBe(security.length > 0 ? caller.user.id : undefined)
    },
  )

  it('says when, by whom, how long and to what end', async () => {
    const id = newId()
    const line = await lineOf(amina, 'GET', `/v1/expenses/${id}`, undefined, { 'X-Request-Id': 'mine' })
    expect(line).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'info',
      requestId: 'mine',
      method: 'GET',
      route: '/v1/expenses/:id',
      path: `/v1/expenses/${id}`,
      status: 404,
      durationMs: expect.any(Number),
      databaseMs: expect.any(Number),
      roundTrips: 1,
      userId: amina.user.id,
      code: 'expense_not_found',
    })
    expect(line.durationMs).toBeGreaterThanOrEqual(line.databaseMs)
  })

  it('has the path as it was sent, and neither its query string nor a line break of its own', async () => {
    expect(await lineOf(anyone, 'GET', '/caf%C3%A9%0Anext?q=secret')).toMatchObject({
      path: '/caf%C3%A9%0Anext',
      route: null,
      status: 404,
    })
    expect(await lineOf(anyone, 'PATCH', '/livez')).toMatchObject({ route: null, status: 405 })
    expect(await lineOf(anyone, 'GET', '/problems/caf%C3%A9')).toMatchObject({ path: '/problems/caf%C3%A9' })
  })

  it.each(['/livez', '/readyz'])('has no line for %s, unless it fails', async (path) => {
    expect(await printedDuring(() => anyone.get(path))).toEqual([])
    const broken = anyone.at({ JWT_SECRET: '' })
    expect(await lineOf(broken, 'GET', path)).toMatchObject({ level: 'error', status: 503 })
  })

  it.each([
    ['drop', { code: 'UNREACHABLE' }],
    ['truncate', { code: 'MALFORMED_ANSWER' }],
    ['hang', { code: 'TIMEOUT' }],
    ['bad-gateway', { code: 'HTTP_502' }],
    ['busy', { code: 'SQLITE_BUSY', statement: 'BEGIN IMMEDIATE' }],
  ] as const)('tells why an answer was a 503: %s', async (behaviour, cause) => {
    const broken = amina.at(databaseThat(behaviour).settings)
    expect(await lineOf(broken, 'POST', '/v1/expenses', { amount: 1 })).toMatchObject({
      level: 'error',
      status: 503,
      code: 'service_unavailable',
      userId: amina.user.id,
      cause: { class: 'DatabaseError', ...cause },
    })
  })
})
