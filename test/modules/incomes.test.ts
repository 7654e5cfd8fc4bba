import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId } from '../support/api.ts'

describe('an income', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee({ currency: 'JPY' })
  })

  it('is recorded with all that was sent, and found again', async () => {
    const sent = { amount: 320_000, date: '2026-11-25', source: 'Salary', note: 'November' }
    const created = await amina.post('/v1/incomes', sent)
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({ ...sent, currency: 'JPY', exchangeRate: null, baseAmount: 320_000 })
    expect(created.headers.get('Location')).toBe(`/v1/incomes/${created.body.id}`)
    const found = await amina.get(`/v1/incomes/${created.body.id}`)
    expect(found.body).toEqual(created.body)
    expect(found.headers.get('ETag')).toBe(created.headers.get('ETag'))
  })

  it("is created by PUT with the client's own id, and replaced after", async () => {
    const path = `/v1/incomes/${newId()}`
    const created = await amina.put(path, { amount: 100, date: '2026-11-01', source: 'Salary' })
    expect(created.status).toBe(201)
    expect(created.headers.get('Location')).toBe(path)
    const replaced = await amina.put(path, { amount: 200, date: '2026-11-02' })
    expect(replaced.status).toBe(200)
    expect(replaced.body).toEqual({
      ...created.body,
      amount: 200,
      baseAmount: 200,
      date: '2026-11-02',
      source: null,
      updatedAt: replaced.body.updatedAt,
    })
  })

  it('is changed by PATCH where that names it, and else left alone', async () => {
    const before = await amina.earns({ source: 'Salary', note: 'November' })
    const { body } = await amina.patch(`/v1/incomes/${before.id}`, { amount: 1, source: null })
    expect(body).toEqual({ ...before, amount: 1, baseAmount: 1, source: null, updatedAt: body.updatedAt })
  })

  it('is deleted once', async () => {
    const { id } = await amina.earns()
    expect((await amina.delete(`/v1/incomes/${id}`)).status).toBe(204)
    expect(await amina.delete(`/v1/incomes/${id}`)).toBeProblem('income_not_found')
    expect(await amina.get(`/v1/incomes/${id}`)).toBeProblem('income_not_found')
    expect(await amina.patch(`/v1/incomes/${id}`, {})).toBeProblem('income_not_found')
  })
})

describe('the list of incomes', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
    await amina.earns({ amount: 10, date: '2026-10-31', source: 'Salary' })
    await amina.earns({ amount: 30, date: '2026-11-01', source: 'Flea market' })
    await amina.earns({ amount: 20, date: '2026-11-30', note: 'A SALARY in advance' })
  })

  it.each([
    ['', [20, 30, 10]],
    ['sort=date', [10, 30, 20]],
    ['sort=-amount', [30, 20, 10]],
    ['sort=amount', [10, 20, 30]],
    ['month=2026-11', [20, 30]],
    ['from=2026-10-31&to=2026-11-01', [30, 10]],
    ['minAmount=11&maxAmount=29', [20]],
    ['q=salary', [20, 10]],
  ])('for "%s" has %j', async (query, amounts) => {
    const { body } = await amina.get(`/v1/incomes?${query}`)
    expect(body.data.map(({ amount }: { amount: number }) => amount)).toEqual(amounts)
  })

  it('knows no tags', async () => {
    expect(await amina.get('/v1/incomes?tag=food')).toBeFaultAt('/tag', 'unknown_member', 'query')
  })
})
