import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Employee, employee, newId } from '../support/api.ts'
import { databaseThat } from '../support/proxied.ts'

type Write = { method: string; path: string; body?: object }

const writes: [string, (owner: Employee) => Promise<Write>][] = [
  [
    'a POST of an expense',
    async () => ({ method: 'POST', path: '/v1/expenses', body: { amount: 90, date: '2026-11-01' } }),
  ],
  [
    'a PUT of an expense',
    async () => ({ method: 'PUT', path: `/v1/expenses/${newId()}`, body: { amount: 90, date: '2026-11-01' } }),
  ],
  [
    'a PATCH of an expense',
    async (o) => ({ method: 'PATCH', path: `/v1/expenses/${(await o.spends()).id}`, body: { amount: 90 } }),
  ],
  [
    'a DELETE of an expense',
    async (o) => ({ method: 'DELETE', path: `/v1/expenses/${(await o.spends({ amount: 95 })).id}` }),
  ],
  ['a restoration', async (o) => ({ method: 'POST', path: `/v1/expenses/${await o.deletes('/v1/expenses')}/restore` })],
  [
    'a batch of expenses',
    async (o) => ({
      method: 'POST',
      path: '/v1/expenses/batch',
      body: {
        put: [{ id: newId(), amount: 90, date: '2026-11-01' }],
        delete: [(await o.spends()).id],
      },
    }),
  ],
  [
    'a POST of an income',
    async () => ({ method: 'POST', path: '/v1/incomes', body: { amount: 90, date: '2026-11-01' } }),
  ],
  [
    'a PUT of an income',
    async (o) => ({
      method: 'PUT',
      path: `/v1/incomes/${(await o.earns()).id}`,
      body: { amount: 9, date: '2026-11-01' },
    }),
  ],
  [
    'a PATCH of an income',
    async (o) => ({ method: 'PATCH', path: `/v1/incomes/${(await o.earns()).id}`, body: { amount: 9 } }),
  ],
  ['a DELETE of an income', async (o) => ({ method: 'DELETE', path: `/v1/incomes/${(await o.earns()).id}` })],
  [
    'a restoration of an income',
    async (o) => ({ method: 'POST', path: `/v1/incomes/${await o.deletes('/v1/incomes')}/restore` }),
  ],
  [
    'a batch of incomes',
    async (o) => ({ method: 'POST', path: '/v1/incomes/batch', body: { delete: [(await o.earns()).id] } }),
  ],
  [
    'a POST of a plan',
    async () => ({ method: 'POST', path: '/v1/plans', body: { kind: 'expense', amount: 9, start: '2026-11-30' } }),
  ],
  [
    'a PATCH of a plan',
    async (o) => ({ method: 'PATCH', path: `/v1/plans/${(await o.plans()).id}`, body: { amount: 9 } }),
  ],
  ['a DELETE of a plan', async (o) => ({ method: 'DELETE', path: `/v1/plans/${(await o.plans()).id}` })],
  [
    'a restoration of a plan',
    async (o) => ({ method: 'POST', path: `/v1/plans/${await o.deletes('/v1/plans')}/restore` }),
  ],
  [
    'a batch of plans',
    async (o) => ({ method: 'POST', path: '/v1/plans/batch', body: { delete: [(await o.plans()).id] } }),
  ],
  [
    'a PUT of a budget',
    async () => ({ method: 'PUT', path: '/v1/months/2026-11/budgets/overall', body: { limit: 1 } }),
  ],
  ['a DELETE of a budget', async (o) => ({ method: 'DELETE', path: await o.limits((await o.sorts()).id) })],
]

/** What differs from one doing to the next: the ids that the server makes, and when it does. */
const withoutChance = ({ status, body }: Answer) =>
  JSON.stringify({ status, body }).replaceAll(/"(createdAt|updatedAt)":"[^"]+"|"etag":"\\"[^"]+"/g, '')

describe('a dry run', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
    await amina.limits('overall', { limit: 100 }, '2026-10')
  })

  const stateOf = async () => {
    const paths = [
      '/v1/changes?limit=100',
      '/v1/alerts',
      '/v1/months/2026-11',
      '/v1/expenses',
      '/v1/incomes',
      '/v1/plans',
    ]
    return Promise.all(paths.map(async (path) => (await amina.get(path)).body))
  }

  it.each(writes)('of %s answers what the write does, and writes nothing', async (_, prepare) => {
    const { method, path, body } = await prepare(amina)
    const before = await stateOf()
    const rehearsed = await amina.send(method, `${path}${path.includes('?') ? '&' : '?'}dryRun=true`, body)
    expect(rehearsed.status).toBeLessThan(300)
    expect(await stateOf()).toEqual(before)
    const done = await amina.send(method, path, body)
    const ids = (answer: Answer) => (['/v1/expenses', '/v1/incomes', '/v1/plans'].includes(path) ? answer.body.id : '')
    expect(withoutChance(rehearsed).replaceAll(ids(rehearsed) || '_', 'id')).toEqual(
      withoutChance(done).replaceAll(ids(done) || '_', 'id'),
    )
    expect(await stateOf()).not.toEqual(before)
  })

  it('meets the same refusals', async () => {
    const { id } = await amina.spends()
    const stale = { headers: { 'If-Match': '"0"' } }
    expect(await amina.patch(`/v1/expenses/${id}?dryRun=true`, { amount: 1 }, stale)).toBeProblem('precondition_failed')
    expect(await amina.post('/v1/expenses?dryRun=true', { amount: 0 })).toBeFaultAt('/amount')
    expect(await amina.post('/v1/expenses?dryRun=true', { amount: 1, categoryId: newId() })).toBeFaultAt('/categoryId')
    expect(await amina.delete(`/v1/expenses/${newId()}?dryRun=true`)).toBeProblem('expense_not_found')
    expect(await amina.post('/v1/expenses/batch?dryRun=true', { delete: [newId()] })).toBeFaultAt('/delete/0')
    expect(await amina.post('/v1/expenses?dryRun=1', { amount: 1 })).toBeFaultAt('/dryRun', undefined, 'query')
  })

  it('is tried again where its answer is lost', async () => {
    const lossy = amina.at(databaseThat('once-cut').settings)
    expect((await lossy.post('/v1/expenses?dryRun=true', { amount: 1 })).status).toBe(201)
  })

  it('keeps no key, and looks for none', async () => {
    const keyed = { headers: { 'Idempotency-Key': newId() } }
    await amina.post('/v1/expenses?dryRun=true', { amount: 1 }, keyed)
    const done = await amina.post('/v1/expenses', { amount: 2 }, keyed)
    expect([done.status, done.headers.get('Idempotency-Replayed')]).toEqual([201, null])
    const rehearsed = await amina.post('/v1/expenses?dryRun=true', { amount: 3 }, keyed)
    expect([rehearsed.status, rehearsed.body.amount]).toEqual([201, 3])
  })

  it('is a write where it says false', async () => {
    const { body } = await amina.post('/v1/expenses?dryRun=false', { amount: 1 })
    expect((await amina.get(`/v1/expenses/${body.id}`)).status).toBe(200)
  })
})
