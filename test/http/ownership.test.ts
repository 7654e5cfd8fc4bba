import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId, withoutVerdict } from '../support/api.ts'
import { type Operation, operations, somePath } from '../support/document.ts'
import { requestOf } from '../support/requests.ts'

const withId = operations.filter(({ path }) => /\{(id|target)\}/.test(path))
/** A PUT makes a resource of the caller's own, whoever else has one of this id. */
const isOwnId = ({ method, path }: Operation) => method === 'PUT' && path.endsWith('{id}')
const [puts, others] = [withId.filter(isOwnId), withId.filter((operation) => !isOwnId(operation))]

const whatIsSaid = ({ instance: _, requestId: __, ...rest }: Record<string, unknown>) => rest

describe("a colleague's resource", () => {
  let amina: Employee
  let bruno: Employee
  beforeAll(async () => {
    amina = await employee()
    bruno = await employee()
  })

  it.each(others)(
    'is to $operationId like one that never was, and stays as it is',
    async ({ operationId, method, path }) => {
      const prepared = await requestOf(operationId, amina)
      const stranger = await bruno.send(method, prepared.path, prepared.body)
      const nobody = await bruno.send(method, somePath(path), prepared.body)
      expect(stranger.status).toBe(404)
      expect(whatIsSaid(stranger.body)).toEqual(whatIsSaid(nobody.body))
      expect(await amina.send(method, prepared.path, prepared.body)).toMatchObject({
        status: expect.toSatisfy((s) => s < 300),
      })
    },
  )

  it.each(puts)('is left alone by $operationId, which makes one of its own', async ({ operationId }) => {
    const { path } = await requestOf(operationId, amina)
    const { body } = await requestOf(operationId, amina)
    const hers = await amina.put(path, body)
    const his = await bruno.put(path, body)
    expect(his.status).toBe(201)
    expect((await amina.get(path)).body).toEqual(withoutVerdict(hers.body))
    expect((await bruno.get(path)).body).toEqual(withoutVerdict(his.body))
    expect((await bruno.delete(path)).status).toBeLessThan(300)
    expect((await amina.get(path)).status).toBe(200)
  })

  it.each([
    '/v1/expenses',
    '/v1/incomes',
    '/v1/plans',
    '/v1/alerts',
    '/v1/months/2026-11/budgets',
    '/v1/auth/sessions',
  ])('is in no list of %s', async (path) => {
    const stranger = await employee()
    await amina.spends()
    await amina.earns()
    await amina.plans()
    const { body } = await stranger.get(path)
    expect(body.data.filter(({ current }: { current?: boolean }) => !current)).toEqual([])
  })
})

describe("a colleague's id", () => {
  let amina: Employee
  let bruno: Employee
  /** What amina has, by what it is; and the same of nobody. */
  let hers: Record<string, string>
  const nobodys = { category: newId(), expense: newId(), income: newId(), plan: newId() }
  beforeAll(async () => {
    amina = await employee()
    bruno = await employee()
    const { id: category } = await amina.sorts()
    const entries = { expense: (await amina.spends({ categoryId: category })).id, income: (await amina.earns()).id }
    hers = { category, ...entries, plan: (await amina.plans()).id }
  })

  type Ids = Record<string, string>
  const expense = { amount: 1, date: '2026-11-23' }
  const plan = { kind: 'expense', amount: 1, start: '2026-11-30' }
  const writes: [string, (ids: Ids, own: Ids) => [method: string, path: string, body?: object]][] = [
    ['of a category in a new expense', (ids) => ['POST', '/v1/expenses', { ...expense, categoryId: ids.category }]],
    [
      'of a category in a put expense',
      (ids, own) => ['PUT', `/v1/expenses/${own.expense}`, { ...expense, categoryId: ids.category }],
    ],
    [
      'of a category in a changed expense',
      (ids, own) => ['PATCH', `/v1/expenses/${own.expense}`, { categoryId: ids.category }],
    ],
    [
      'of a category in a batch',
      (ids, own) => [
        'POST',
        '/v1/expenses/batch',
        { put: [{ ...expense, id: own.expense, categoryId: ids.category }] },
      ],
    ],
    ['of a category in a new plan', (ids) => ['POST', '/v1/plans', { ...plan, categoryId: ids.category }]],
    ['of a category in a changed plan', (ids, own) => ['PATCH', `/v1/plans/${own.plan}`, { categoryId: ids.category }]],
    [
      'of a category in a batch of plans',
      (ids, own) => ['POST', '/v1/plans/batch', { put: [{ ...plan, id: own.plan, categoryId: ids.category }] }],
    ],
    ['of a plan to delete in a batch', (ids) => ['POST', '/v1/plans/batch', { delete: [ids.plan] }]],
    ['of a category to merge into', (ids, own) => ['DELETE', `/v1/categories/${own.category}?moveTo=${ids.category}`]],
    ['of an expense to delete in a batch', (ids) => ['POST', '/v1/expenses/batch', { delete: [ids.expense] }]],
    ['of an income to delete in a batch', (ids) => ['POST', '/v1/incomes/batch', { delete: [ids.income] }]],
  ]

  it.each(writes)('%s is refused like one that never was', async (_, request) => {
    const { id: category } = await bruno.sorts()
    const own = { category, expense: (await bruno.spends()).id, plan: (await bruno.plans()).id }
    const [told, toldOfNobody] = [await bruno.send(...request(hers, own)), await bruno.send(...request(nobodys, own))]
    expect(told.status).toBe(422)
    expect(whatIsSaid(told.body)).toEqual(whatIsSaid(toldOfNobody.body))
    expect((await amina.get(`/v1/expenses/${hers.expense}`)).body.categoryId).toBe(hers.category)
    expect((await amina.get(`/v1/incomes/${hers.income}`)).status).toBe(200)
    expect((await amina.get(`/v1/plans/${hers.plan}`)).status).toBe(200)
  })

  it('to filter by finds nothing', async () => {
    await bruno.spends()
    expect((await bruno.get(`/v1/expenses?categoryId=${hers.category}`)).body.data).toEqual([])
  })

  it('in a batch makes one of one’s own', async () => {
    const before = (await amina.get(`/v1/expenses/${hers.expense}`)).body
    expect((await bruno.post('/v1/expenses/batch', { put: [{ ...expense, id: hers.expense }] })).status).toBe(200)
    expect((await amina.get(`/v1/expenses/${hers.expense}`)).body).toEqual(before)
    expect((await bruno.get(`/v1/expenses/${hers.expense}`)).body).toMatchObject(expense)
  })

  it('is not what a key or a cursor leads to, either', async () => {
    const keyed = { headers: { 'Idempotency-Key': newId() } }
    await amina.post('/v1/expenses', { ...expense, note: 'hers' }, keyed)
    const { status, headers, body } = await bruno.post('/v1/expenses', { ...expense, note: 'his' }, keyed)
    expect([status, headers.has('Idempotency-Replayed'), body.note]).toEqual([201, false, 'his'])
    const { body: page } = await amina.get('/v1/changes?limit=1')
    const seen = JSON.stringify((await bruno.get(`/v1/changes?since=${page.nextCursor}`)).body)
    expect(seen).not.toContain('hers')
    expect(seen).not.toContain(hers.category)
  })
})
