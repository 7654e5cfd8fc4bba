import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { users } from '../../src/modules/users/table.ts'
import { type Employee, employee, newId } from '../support/api.ts'
import { select, write } from '../support/database.ts'

const date = '2026-11-23'
const keyed = (key: string, headers = {}) => ({ headers: { 'Idempotency-Key': key, ...headers } })
const isReplayed = ({ headers }: { headers: Headers }) => headers.get('Idempotency-Replayed') === 'true'

describe('a write that is refused', () => {
  it('raises no alert: lifting an override that is not there', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 0, rollover: 'full', alertPercents: [1000] }, '2026-03')
    await amina.spends({ amount: 500, date: '2026-03-10' })
    const { body: before } = await amina.get('/v1/alerts')
    expect(await amina.delete('/v1/months/2026-05/budgets/overall?scope=month')).toBeProblem('budget_not_found')
    expect((await amina.get('/v1/alerts')).body).toEqual(before)
  })

  it.each([
    ['PATCH', 'expenses', { amount: 1 }],
    ['DELETE', 'expenses', undefined],
    ['PATCH', 'incomes', { amount: 1 }],
    ['DELETE', 'incomes', undefined],
  ] as const)('counts as no change: %s of one of the %s that is not there', async (method, kind, body) => {
    const amina = await employee()
    const revision = async () =>
      (await select(statements.select().from(users).where(eq(users.id, amina.user.id))))[0]?.revision
    const before = await revision()
    expect((await amina.send(method, `/v1/${kind}/${newId()}`, body)).status).toBe(404)
    expect(await revision()).toBe(before)
  })

  it.each(['expenses', 'incomes'])('is a PUT of one of the %s without a day', async (kind) => {
    const amina = await employee()
    expect(await amina.put(`/v1/${kind}/${newId()}`, { amount: 1 })).toBeFaultAt('/date', 'required')
    const batch = { put: [{ id: newId(), amount: 1 }] }
    expect(await amina.post(`/v1/${kind}/batch`, batch)).toBeFaultAt('/put/0/date', 'required')
  })

  it.each(['expenses', 'incomes'] as const)(
    'points at the id where there is no body: a restoration of one of the %s past the bound of sums',
    async (kind) => {
      const amina = await employee()
      const id = await amina.deletes(`/v1/${kind}`)
      const full = { totalSpent: 4_500_000_000_000_000, totalEarned: 4_500_000_000_000_000 }
      await write(statements.update(users).set(full).where(eq(users.id, amina.user.id)))
      expect(await amina.post(`/v1/${kind}/${id}/restore`)).toBeFaultAt('/id', 'total_out_of_range', 'path')
    },
  )
})

describe('the number of categories', () => {
  it('is at most 200, by POST and by PUT; one that is there can still be replaced', async () => {
    const amina = await employee()
    const [first] = (await amina.get('/v1/categories')).body.data
    for (let i = 9; i < 200; i++) await amina.sorts()
    expect(await amina.post('/v1/categories', { name: 'One more' })).toBeProblem('too_many_categories')
    expect(await amina.put(`/v1/categories/${newId()}`, { name: 'One more' })).toBeProblem('too_many_categories')
    expect((await amina.put(`/v1/categories/${first.id}`, { name: 'Groceries' })).status).toBe(200)
    await amina.delete(`/v1/categories/${first.id}`)
    expect((await amina.post('/v1/categories', { name: 'One more' })).status).toBe(201)
  })
})

describe('a key', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  const made: [string, () => Promise<string>, object, object][] = [
    ['an expense', async () => `/v1/expenses/${(await amina.spends()).id}`, { amount: 7 }, { amount: 8, date }],
    ['an income', async () => `/v1/incomes/${(await amina.earns()).id}`, { amount: 7 }, { amount: 8, date }],
    ['a category', async () => `/v1/categories/${(await amina.sorts()).id}`, { color: '#000000' }, { name: newId() }],
  ]

  it.each(made)(
    'tells the first answer of a PATCH, a PUT and a DELETE of %s again, and no 412',
    async (_, make, patch, put) => {
      const path = await make()
      const ifMatch = async () => ({ 'If-Match': (await amina.get(path)).headers.get('ETag') ?? '' })
      for (const [method, body] of [
        ['PATCH', patch],
        ['PUT', put],
        ['DELETE', undefined],
      ] as const) {
        const options = keyed(newId(), await ifMatch())
        const first = await amina.send(method, path, body, options)
        expect([first.status < 300, isReplayed(first)]).toEqual([true, false])
        const again = await amina.send(method, path, body, options)
        expect([again.status, again.body, isReplayed(again)]).toEqual([first.status, first.body, true])
        expect(again.headers.get('ETag')).toBe(first.headers.get('ETag'))
      }
    },
  )

  it('tells the first answer of a restoration and of the writes of a budget again', async () => {
    const id = await amina.deletes('/v1/expenses')
    const budget = '/v1/months/2026-11/budgets/overall'
    for (const [method, path, body] of [
      ['POST', `/v1/expenses/${id}/restore`, undefined],
      ['PUT', budget, { limit: 5 }],
      ['DELETE', budget, undefined],
    ] as const) {
      const options = keyed(newId())
      const first = await amina.send(method, path, body, options)
      const again = await amina.send(method, path, body, options)
      expect([first.status < 300, isReplayed(first), isReplayed(again)]).toEqual([true, false, true])
      expect([again.status, again.body]).toEqual([first.status, first.body])
    }
  })

  it('of a PATCH is refused with another body', async () => {
    const { id } = await amina.spends()
    const options = keyed(newId())
    await amina.patch(`/v1/expenses/${id}`, { amount: 2 }, options)
    expect(await amina.patch(`/v1/expenses/${id}`, { amount: 3 }, options)).toBeProblem('idempotency_key_reused')
    expect((await amina.get(`/v1/expenses/${id}`)).body.amount).toBe(2)
  })
})

describe('a month far away', () => {
  it('takes over what all the months between leave, by the rollover of each target', async () => {
    const amina = await employee()
    const carried: Record<string, number> = {}
    for (const [rollover, expected] of [
      ['none', 0],
      ['surplus', 100 * (229 * 12 + 11) - 30],
      ['full', 100 * (229 * 12 + 11) - 30],
    ] as const) {
      const { id } = await amina.sorts()
      await amina.limits(id, { limit: 100, rollover }, '1970-01')
      await amina.spends({ amount: 30, date: '1970-01-01', categoryId: id })
      carried[id] = expected
    }
    const { body } = await amina.get('/v1/months/2199-12')
    for (const { target, carriedIn } of body.categories) expect(carriedIn).toBe(carried[target])
  })

  it('follows a late correction through every month in between', async () => {
    const amina = await employee()
    await amina.limits('overall', { limit: 100, rollover: 'full' }, '2020-01')
    for (let year = 2020; year < 2027; year++) await amina.spends({ amount: 40, date: `${year}-06-10` })
    const carriedIn = async () => (await amina.get('/v1/months/2026-11')).body.overall.carriedIn
    const before = await carriedIn()
    await amina.spends({ amount: 7, date: '2020-02-02' })
    expect(await carriedIn()).toBe(before - 7)
  })
})

describe('a fault of our own', () => {
  it('is a 500 that is not worth another try, and is logged with its stack and no data', async () => {
    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)))
    const amina = await employee()
    const secret = 'a merchant that is nobody’s business'
    vi.spyOn(JSON, 'stringify').mockImplementationOnce(() => {
      throw new Error(secret)
    })
    const answer = await amina.get('/v1/expenses')
    vi.restoreAllMocks()
    expect(answer).toBeProblem('internal_error')
    expect([answer.status, answer.headers.has('Retry-After')]).toEqual([500, false])
    expect(JSON.stringify(answer.body) + lines.join()).not.toContain(secret)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/"cause":{"class":"Error","stack":\["\s*at /)
  })
})
