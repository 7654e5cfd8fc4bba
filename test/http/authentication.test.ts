import { beforeAll, describe, expect, it } from 'vitest'
import { signAccessToken } from '../../src/http/auth.ts'
import { anyone, Caller, type Employee, employee, importOf, newId } from '../support/api.ts'
import { operations, somePath } from '../support/document.ts'
import { requestOf } from '../support/requests.ts'
import { config, previousKey, previousKeyId, tokenOf } from '../support/tokens.ts'

const OPEN = [
  'register',
  'login',
  'refreshSession',
  'logInByCompany',
  'requestPasswordReset',
  'resetPassword',
  'listCurrencies',
  'listProblems',
  'getProblem',
  'getLiveness',
  'getReadiness',
]

const isOpen = ({ security }: { security: object[] }) => security.length === 0
const guarded = operations.filter((operation) => !isOpen(operation))

describe('authentication', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('is asked for by every operation but a few', () => {
    expect(operations.filter(isOpen).map(({ operationId }) => operationId)).toEqual(OPEN)
  })

  it('takes a token that is signed by hand just as the server signs it', async () => {
    expect(await new Caller(await tokenOf(amina)).get('/v1/users/me')).toMatchObject({ status: 200 })
  })

  it('takes a token that was signed with the secret before', async () => {
    const token = await tokenOf(amina, { header: { kid: previousKeyId }, secret: previousKey })
    expect(await new Caller(token).get('/v1/users/me')).toMatchObject({ status: 200 })
  })

  it('takes the scheme in any case', async () => {
    const headers = { Authorization: `bearer ${amina.token}` }
    expect(await anyone.get('/v1/users/me', { headers })).toMatchObject({ status: 200 })
  })

  const past = Math.floor(Date.now() / 1000) - 1
  // test/http/forged-tokens.test.ts has many more, on a few operations.
  const refused: [string, (owner: Employee) => string | undefined | Promise<string>][] = [
    ['no token', () => undefined],
    ['text that is no token', () => 'not-a-token'],
    ['an expired token', (owner) => tokenOf(owner, { claims: { iat: past - 600, exp: past } })],
    ['a token signed with another key', (owner) => tokenOf(owner, { secret: new Uint8Array(32) })],
    ['a refresh token', (owner) => owner.session.refreshToken],
    [
      'a token of a session that never was',
      (owner) => signAccessToken(config, { userId: owner.user.id, sessionId: owner.user.id, timeZone: 'UTC' }),
    ],
  ]

  describe.each(refused)('refuses %s', (_, make) => {
    it.each(guarded)('on $operationId', async ({ method, path }) => {
      const token = await make(amina)
      const answer = await new Caller(token).send(method, somePath(path), bodyFor(method, path))
      expect(answer).toBeProblem('invalid_token')
      expect(answer.headers.get('WWW-Authenticate')).toBe(
        token ? 'Bearer realm="outlay", error="invalid_token"' : 'Bearer realm="outlay"',
      )
    })
  })

  describe('is lost by the next call after a logout', () => {
    let bruno: Employee
    const prepared = new Map<string, Awaited<ReturnType<typeof requestOf>>>()
    beforeAll(async () => {
      bruno = await employee()
      for (const { operationId } of guarded) prepared.set(operationId, await requestOf(operationId, bruno))
      await bruno.post('/v1/auth/logout')
    })

    it.each(guarded)('for $operationId', async ({ method, operationId }) => {
      const { path, body } = prepared.get(operationId) ?? { path: '' }
      expect(await bruno.send(method, path, body)).toBeProblem('invalid_token')
    })
  })

  it('lets a revoked session write nothing', async () => {
    const bruno = await employee()
    const other = await bruno.logInAgain()
    await bruno.delete('/v1/auth/sessions')
    expect(await other.post('/v1/expenses', { amount: 1 })).toBeProblem('invalid_token')
    expect((await bruno.get('/v1/expenses')).body.data).toEqual([])
  })
})

/** A body that passes validation, so that only the session is in the way. */
const BODIES: Record<string, object> = {
  '/v1/users/me': { monthStartDay: 2 },
  '/v1/categories': { name: 'Gifts' },
  '/v1/categories/{id}': { name: 'Gifts' },
  '/v1/months/{month}/budgets/{target}': { limit: 1 },
  '/v1/alerts/{id}': { read: true },
  '/v1/expenses/batch': { delete: [newId()] },
  '/v1/incomes/batch': { delete: [newId()] },
  '/v1/plans': { kind: 'expense', amount: 1, start: '2026-11-23' },
  'POST /v1/alerts/read': { upTo: newId() },
  'PUT /v1/plans/{id}': { kind: 'expense', amount: 1, start: '2026-11-23' },
  'PATCH /v1/plans/{id}': { amount: 1 },
  '/v1/plans/batch': { delete: [newId()] },
  '/v1/tokens': { name: 'script', scopes: ['read'], expiresAt: new Date(Date.now() + 86_400_000).toISOString() },
  '/v1/users/me/email': { email: 'amina@example.com', password: 'whatever it was' },
  '/v1/auth/email-proofs': { token: 'whatever it was' },
  '/v1/imports': importOf('2026-11-23,-1,'),
  '/v1/auth/password': { currentPassword: 'whatever it was', newPassword: 'whatever it will be' },
}
const bodyFor = (method: string, path: string) => {
  if (method === 'DELETE') return path === '/v1/users/me' ? { password: 'whatever it was' } : undefined
  return ['POST', 'PUT', 'PATCH'].includes(method) && path !== '/v1/auth/logout'
    ? (BODIES[path] ?? BODIES[`${method} ${path}`] ?? { amount: 1, date: '2026-11-23' })
    : undefined
}
