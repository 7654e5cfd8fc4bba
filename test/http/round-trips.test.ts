import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee } from '../support/api.ts'
import { operations } from '../support/document.ts'
import { databaseThat } from '../support/proxied.ts'
import { callerOf, requestOf } from '../support/requests.ts'

/** Every other operation needs one. */
const EXPECTED: Record<string, number> = {
  // A stored hash must be read before anything may be written.
  login: 2,
  changePassword: 2,
  // Whom to let in must be known before a session may be written.
  logInByCompany: 2,
  // Nobody may have a password hashed without a token.
  resetPassword: 2,
  eraseMe: 2,
  changeEmail: 2,
  listCurrencies: 0,
  listProblems: 0,
  getProblem: 0,
  getLiveness: 0,
}

describe('round trips to the database', () => {
  let shared: Employee
  beforeAll(async () => {
    shared = await employee()
  })

  it.each(operations)('$operationId needs as many as promised, and says so', async ({ operationId, method }) => {
    const amina = await callerOf(operationId, shared)
    const { path, body } = await requestOf(operationId, amina)
    const { settings, calls } = databaseThat('pass')
    const { status, headers } = await amina.at(settings).send(method, path, body)
    expect(status).toBeLessThan(300)
    expect(await calls()).toBe(EXPECTED[operationId] ?? 1)
    expect(headers.get('Server-Timing')).toMatch(new RegExp(`^db;dur=\\d+;desc="round trips: ${await calls()}"$`))
  })

  it.each(operations)('$operationId makes none for input that it refuses', async ({ operationId, method }) => {
    const { path, body } = await requestOf(operationId, shared)
    const { settings, calls } = databaseThat('pass')
    expect(
      await shared.at(settings).send(method, `${path}${path.includes('?') ? '&' : '?'}surprise=1`, body),
    ).toBeFaultAt('/surprise', 'unknown_member', 'query')
    expect(await calls()).toBe(0)
  })

  it.each(['/', '/apidocs', '/openapi.json', '/llms.txt', '/nowhere'])('%s makes none', async (path) => {
    const { settings, calls } = databaseThat('pass')
    await shared.at(settings).get(path)
    expect(await calls()).toBe(0)
  })
})
