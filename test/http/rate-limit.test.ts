import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { networkOf, policyOf, QUOTAS } from '../../src/http/rate-limit.ts'
import { MAX_SLOTS, withHashingSlot } from '../../src/modules/auth/hashing-slots.ts'
import wrangler from '../../wrangler.toml?raw'
import { type Answer, anyone, type Employee, employee, importOf, newId, newName, PASSWORD } from '../support/api.ts'
import { operations, somePath } from '../support/document.ts'
import { requestOf } from '../support/requests.ts'

/** Sends a request until it is refused with a 429. The minute is the clock's: where a new one begins, twice as often. */
const untilRefused = async (quota: number, send: (attempt: number) => Promise<Answer>) => {
  for (let attempt = 0; attempt <= 2 * quota; attempt++) {
    const answer = await send(attempt)
    if (answer.status === 429) return { attempts: attempt, answer }
  }
  throw new Error('No request was refused')
}

const from = (address: string) => ({ headers: { 'CF-Connecting-IP': address } })

/** An address that nobody else has. */
const newAddress = () => `192.0.2.${newId()}`

describe('a network', () => {
  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::5:6:7:8:9', '2001:db8:0:5::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::', 'fe80:0:0:0::/64'],
    ['1::4:0:0:0:8', '1:0:0:4::/64'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1::2', '2001:db8::1::2'],
    ['', ''],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })

  it('is the same for every address in it, however it is written, and another one next to it', () => {
    const inside = ['2001:db8::', '2001:db8:0:0:1::', '2001:0db8::ffff:ffff:ffff:ffff', '2001:DB8:0:0:0:0:0:1']
    expect(new Set(inside.map(networkOf)).size).toBe(1)
    expect(networkOf('2001:db8:0:1::')).not.toBe(networkOf('2001:db8::'))
  })
})

describe('the quotas', () => {
  it('that clients are told are those of the limiters', () => {
    const limits = [...wrangler.matchAll(/^name = "(\w+)_LIMITER".*?\{ limit = (\d+), period = 60 \}/gms)]
    const told = Object.entries(QUOTAS).map(([name, quota]) => {
      const binding = name.replace(/(?<=sh)es$|s$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
      return [binding.toUpperCase(), String(quota)]
    })
    expect(limits.map(([, name, limit]) => [name, limit]).sort()).toEqual(told.sort())
  })

  const limited: Record<string, string> = {
    register: policyOf(['registrations']),
    login: policyOf(['accountLogins', 'logins']),
    logInByCompany: policyOf(['logins']),
    refreshSession: policyOf(['refreshes']),
    requestPasswordReset: policyOf(['passwordResets']),
    resetPassword: policyOf(['passwordResets']),
    changePassword: policyOf(['writes', 'passwordChecks']),
    updateMe: policyOf(['writes', 'passwordChecks']),
    changeEmail: policyOf(['writes', 'passwordChecks']),
    eraseMe: policyOf(['writes', 'passwordChecks']),
    exportMe: policyOf(['expensiveReads']),
    exportExpenses: policyOf(['expensiveReads']),
    exportIncomes: policyOf(['expensiveReads']),
    listExpenses: policyOf(['expensiveReads']),
    listIncomes: policyOf(['expensiveReads']),
    listOccurrences: policyOf(['expensiveReads']),
    listMonths: policyOf(['expensiveReads']),
    batchExpenses: policyOf(['writes', 'expensiveWrites']),
    batchIncomes: policyOf(['writes', 'expensiveWrites']),
    createImport: policyOf(['writes', 'expensiveWrites', 'imports']),
    takeBackImport: policyOf(['writes', 'expensiveWrites', 'imports']),
    deleteCategory: policyOf(['writes', 'expensiveWrites']),
    getSpendingReport: policyOf(['expensiveReads']),
    getIncomeReport: policyOf(['expensiveReads']),
  }
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it.each(operations)('of $operationId stand on each of its answers', async (operation) => {
    const { operationId, method, path, security, requestBody } = operation
    const isWrite = method !== 'GET' && security.length > 0
    const ofRoute = limited[operationId] ?? (isWrite ? '"writes";q=1000;w=60' : undefined)
    const takesApiTokens = security.some((scheme) => 'apiToken' in scheme)
    const policy =
      [ofRoute, ...(takesApiTokens ? ['"unknownTokens";q=120;w=60'] : [])].filter(Boolean).join(', ') || null
    const answers = [
      await amina.send(method, `${somePath(path)}${somePath(path).includes('?') ? '&' : '?'}surprise=1`),
      await anyone.send(method, somePath(path), method === 'GET' ? undefined : {}),
    ]
    if (method === 'GET') answers.push(await amina.get((await requestOf(operationId, amina)).path))
    if (requestBody) answers.push(await amina.send(method, somePath(path), undefined, { rawBody: 'x'.repeat(65_537) }))
    expect(answers.map(({ headers }) => headers.get('RateLimit-Policy'))).toEqual(answers.map(() => policy))
    for (const { headers } of answers) expect(headers.has('RateLimit')).toBe(false)
  })
})

describe('without an account', () => {
  let release: () => void
  afterEach(() => release?.())
  /** Has every slot for hashing taken, so that what is let through is a 503 at once. */
  const takeAllSlots = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    for (let i = 0; i < MAX_SLOTS; i++) void withHashingSlot(() => promise)
    release = resolve
  }
  const logIn = (username: string, address: string, password = 'wrong') =>
    anyone.post('/v1/auth/login', { username, password }, from(address))
  const register = (address: string) => {
    const username = newName()
    const user = { username, email: `${username}@example.com`, password: PASSWORD }
    return anyone.post('/v1/auth/register', user, from(address))
  }

  it('60 may register from one network in a minute, whichever of its addresses they have', async () => {
    takeAllSlots()
    const network = `2001:db8:${newId().slice(9, 13)}:${newId().slice(-4)}`
    const { attempts, answer } = await untilRefused(60, (i) => register(`${network}::${i.toString(16)}`))
    expect(attempts).toBeGreaterThanOrEqual(60)
    expect(answer).toBeProblem('too_many_requests')
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.headers.get('RateLimit')).toBe('"registrations";r=0;t=60')
    expect((await register(newAddress())).status).not.toBe(429)
    expect((await logIn(newName(), `${network}::1`)).status).not.toBe(429)
  })

  it('120 may log in from one address in a minute, where those who are logged in may still change their password', async () => {
    const [amina, address] = [await employee(), newAddress()]
    takeAllSlots()
    const { attempts, answer } = await untilRefused(120, () => logIn(newName(), address))
    expect(attempts).toBeGreaterThanOrEqual(120)
    expect(answer.headers.get('RateLimit')).toBe('"logins";r=0;t=60')
    release()
    const change = { currentPassword: PASSWORD, newPassword: 'another horse, another staple' }
    expect((await amina.put('/v1/auth/password', change, from(address))).status).toBe(204)
  })

  it('300 sessions may be refreshed from one address in a minute', async () => {
    const address = newAddress()
    const send = () => anyone.post('/v1/auth/refresh', { refreshToken: 'nonsense' }, from(address))
    const { attempts, answer } = await untilRefused(300, send)
    expect(attempts).toBeGreaterThanOrEqual(300)
    expect(answer.headers.get('RateLimit')).toBe('"refreshes";r=0;t=60')
  })

  it('one who tries the same account over and over does not lock out the others at the address', async () => {
    takeAllSlots()
    const [amina, bruno, address] = [newName(), newName(), newAddress()]
    const { attempts, answer } = await untilRefused(20, (i) => logIn(i % 2 ? amina : amina.toUpperCase(), address))
    expect(attempts).toBeGreaterThanOrEqual(20)
    expect(answer.headers.get('RateLimit')).toBe('"accountLogins";r=0;t=60')
    for (let i = 0; i < 200; i++) await logIn(amina, address)
    expect((await logIn(bruno, address)).status).not.toBe(429)
  })
})

describe('a user', () => {
  it('may write 1,000 times a minute, whatever comes of it', async () => {
    const [amina, bruno] = [await employee(), await employee()]
    const send = () => amina.post('/v1/expenses', { amount: 0 })
    const first = await Promise.all(Array.from({ length: 1000 }, send))
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([422]))
    const { answer } = await untilRefused(1000, send)
    expect(answer).toBeProblem('too_many_requests')
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.headers.get('RateLimit')).toBe('"writes";r=0;t=60')
    expect((await amina.delete(`/v1/expenses/${newId()}`)).status).toBe(429)
    expect((await amina.get('/v1/expenses')).status).toBe(200)
    expect((await bruno.post('/v1/expenses', { amount: 1 })).status).toBe(201)
  })

  it('may make 60 reads a minute that cost much, and any number of others', async () => {
    const amina = await employee()
    const expensive = [
      '/v1/expenses?q=x',
      '/v1/expenses?tag=x',
      '/v1/incomes?q=x',
      '/v1/incomes?include=total',
      '/v1/months?from=2026-01&to=2026-12',
    ]
    const { attempts, answer } = await untilRefused(60, (i) => amina.get(expensive[i % expensive.length] ?? ''))
    expect(attempts).toBeGreaterThanOrEqual(60)
    expect(answer.headers.get('RateLimit')).toBe('"expensiveReads";r=0;t=60')
    for (const path of ['/v1/expenses', '/v1/expenses?month=2026-11', '/v1/incomes', '/v1/months/current'])
      expect((await amina.get(path)).status).toBe(200)
    expect((await amina.post('/v1/expenses', { amount: 1 })).status).toBe(201)
  })

  it('may import six times a minute, and try it out more often', async () => {
    const amina = await employee()
    const { attempts, answer } = await untilRefused(6, () => amina.post('/v1/imports', importOf('2026-11-23,-1,a')))
    expect(attempts).toBeGreaterThanOrEqual(6)
    expect(answer.headers.get('RateLimit')).toBe('"imports";r=0;t=60')
    expect((await amina.delete(`/v1/imports/${newId()}`)).status).toBe(429)
    expect((await amina.post('/v1/imports?dryRun=true', importOf('2026-11-23,-1,a'))).status).toBe(200)
  })

  it('may send 120 batches and merges a minute, and any number of other deletions', async () => {
    const amina = await employee()
    const expensive = [
      () => amina.post('/v1/expenses/batch', {}),
      () => amina.post('/v1/incomes/batch', {}),
      () => amina.delete(`/v1/categories/${newId()}?moveTo=${newId()}`),
    ]
    const { attempts, answer } = await untilRefused(120, (i) => expensive[i % expensive.length]?.() ?? amina.get('/'))
    expect(attempts).toBeGreaterThanOrEqual(120)
    expect(answer.headers.get('RateLimit')).toBe('"expensiveWrites";r=0;t=60')
    expect((await amina.delete(`/v1/categories/${newId()}`)).status).toBe(404)
  })
})
