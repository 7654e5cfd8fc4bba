import { beforeAll, describe, expect, it } from 'vitest'
import { type Caller, type Employee, employee, newId, PASSWORD } from '../support/api.ts'
import { operations } from '../support/document.ts'
import { databaseThat } from '../support/proxied.ts'
import type { Fault } from '../support/proxy.ts'
import { requestOf } from '../support/requests.ts'

const SILENT = ['listCurrencies', 'listProblems', 'getProblem', 'getLiveness']
const working = operations.filter(({ operationId }) => !SILENT.includes(operationId))

describe('a database', () => {
  let shared: Employee
  beforeAll(async () => {
    shared = await employee()
  })

  it.each(working)('that is down makes $operationId a 503', async ({ operationId, method }) => {
    const { path, body } = await requestOf(operationId, shared)
    const answer = await shared.at(databaseThat('drop').settings).send(method, path, body)
    expect(answer).toBeProblem('service_unavailable')
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
  })

  it('that is not there at all makes a 503', async () => {
    const nowhere = { TURSO_DATABASE_URL: 'http://127.0.0.1:1' }
    expect(await shared.at(nowhere).get('/v1/expenses')).toBeProblem('service_unavailable')
    expect(await shared.at(nowhere).get('/readyz')).toBeProblem('service_unavailable')
    expect((await shared.at(nowhere).get('/livez')).status).toBe(200)
  })

  it('that does not answer makes /readyz a 503, and no longer wait', async () => {
    const { settings, calls } = databaseThat('hang')
    expect(await shared.at(settings).get('/readyz')).toBeProblem('service_unavailable')
    expect(await calls()).toBe(1)
  })

  it.each<Fault>(['drop', 'cut', 'truncate', 'bad-gateway', 'page', 'throttled', 'failure', 'busy'])(
    'makes a 503 that says when to try again, and is used again as soon as it works: %s',
    async (fault) => {
      const { settings } = databaseThat(fault)
      const path = `/v1/expenses/${newId()}`
      const calls = [
        (caller: Caller) => caller.get('/v1/expenses'),
        (caller: Caller) => caller.put(path, { amount: 1, date: '2026-11-23' }),
        (caller: Caller) => caller.post('/v1/auth/login', { username: shared.user.username, password: PASSWORD }),
      ]
      for (const call of calls) {
        const answer = await call(shared.at(settings))
        expect(answer).toBeProblem('service_unavailable')
        expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0)
        expect((await call(shared)).status).toBeLessThan(300)
      }
    },
  )

  it('that does not answer some requests makes each a 503, once it has waited, and holds up no other', async () => {
    const answers: string[] = []
    const waiting = Array.from({ length: 30 }, async () => {
      const { settings, calls } = databaseThat('hang')
      expect(await shared.at(settings).get('/v1/expenses')).toBeProblem('service_unavailable')
      expect(await calls()).toBe(1)
      answers.push('waiting')
    })
    for (const path of ['/v1/expenses', '/readyz', '/livez']) {
      expect((await shared.get(path)).status).toBe(200)
      answers.push(path)
    }
    await Promise.all(waiting)
    expect(answers.slice(0, 3)).toEqual(['/v1/expenses', '/readyz', '/livez'])
  })

  it('that is busy is asked again, and the work is done once', async () => {
    const amina = await employee()
    const { settings, calls } = databaseThat('twice-busy')
    const { status, headers } = await amina
      .at(settings)
      .put(`/v1/expenses/${newId()}`, { amount: 1, date: '2026-11-23' })
    expect(status).toBe(201)
    expect(await calls()).toBe(3)
    expect(headers.get('Server-Timing')).toContain('round trips: 3')
    expect((await amina.get('/v1/expenses')).body.data).toHaveLength(1)
  })

  it('that stays busy makes a 503 after four calls', async () => {
    const amina = await employee()
    const { settings, calls } = databaseThat('busy')
    expect(await amina.at(settings).post('/v1/expenses', { amount: 1 })).toBeProblem('service_unavailable')
    expect(await calls()).toBe(4)
    expect((await amina.get('/v1/expenses')).body.data).toEqual([])
  })
})
