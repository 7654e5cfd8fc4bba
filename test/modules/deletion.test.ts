import { beforeAll, describe, expect, it } from 'vitest'
import { type Employee, employee, newId, withoutVerdict } from '../support/api.ts'

describe.each(['expenses', 'incomes'] as const)('one of the %s that is deleted', (kind) => {
  let amina: Employee
  const path = `/v1/${kind}`
  beforeAll(async () => {
    amina = await employee()
  })

  const make = async (body: object = {}) =>
    withoutVerdict((await amina.post(path, { amount: 1299, date: '2026-11-23', note: 'gone', ...body })).body)

  it('is gone from everything but its restoration', async () => {
    const { id } = await make()
    const before = (await amina.get('/v1/months/2026-11')).body
    await amina.delete(`${path}/${id}`)
    const after = (await amina.get('/v1/months/2026-11')).body
    const member = kind === 'expenses' ? 'spent' : 'income'
    expect(after[member]).toBe(before[member] - 1299)
    const missing = `${kind === 'expenses' ? 'expense' : 'income'}_not_found`
    for (const query of ['', '?q=gone', '?month=2026-11', '?sort=amount', '?minAmount=1']) {
      const { body } = await amina.get(path + query)
      expect(body.data.map((row: { id: string }) => row.id)).not.toContain(id)
    }
    expect(await amina.get(`${path}/${id}`)).toBeProblem(missing)
    expect(await amina.patch(`${path}/${id}`, { amount: 1 })).toBeProblem(missing)
    expect(await amina.delete(`${path}/${id}`)).toBeProblem(missing)
  })

  it('comes back as it was, with a new version', async () => {
    const made = await make()
    const { headers } = await amina.get(`${path}/${made.id}`)
    const before = (await amina.get('/v1/months/2026-11')).body
    await amina.delete(`${path}/${made.id}`)
    const restored = await amina.post(`${path}/${made.id}/restore`)
    expect(restored.status).toBe(200)
    expect(restored.body).toMatchObject({ ...made, updatedAt: restored.body.updatedAt })
    expect(restored.headers.get('ETag')).not.toBe(headers.get('ETag'))
    expect((await amina.get(`${path}/${made.id}`)).headers.get('ETag')).toBe(restored.headers.get('ETag'))
    expect((await amina.get('/v1/months/2026-11')).body).toEqual(before)
  })

  it('can be restored again without effect, as one that never was deleted', async () => {
    const { id } = await make()
    const { headers } = await amina.post(`${path}/${id}/restore`)
    expect((await amina.get(`${path}/${id}`)).headers.get('ETag')).toBe(headers.get('ETag'))
    expect((await amina.post(`${path}/${id}/restore`)).headers.get('ETag')).toBe(headers.get('ETag'))
  })

  it('begins anew where its id is put', async () => {
    const made = await make()
    await amina.delete(`${path}/${made.id}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
    const put = await amina.put(`${path}/${made.id}`, { amount: 5, date: '2026-11-23' })
    expect([put.status, put.body.note]).toEqual([201, null])
    expect(put.body.createdAt).toBe(put.body.updatedAt)
    expect((await amina.get(`${path}/${made.id}`)).body).toEqual(withoutVerdict(put.body))
  })

  it("is nobody else's to restore", async () => {
    const [bruno, { id }] = [await employee(), await make()]
    await amina.delete(`${path}/${id}`)
    for (const other of [id, newId()]) expect((await bruno.post(`${path}/${other}/restore`)).status).toBe(404)
    expect((await bruno.put(`${path}/${id}`, { amount: 5, date: '2026-11-23' })).status).toBe(201)
    expect((await amina.get(`${path}/${id}`)).status).toBe(404)
    expect((await amina.post(`${path}/${id}/restore`)).body.amount).toBe(1299)
  })
})

describe('a category whose expenses are all deleted', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('can be deleted, and an expense that is restored then has none, and says so', async () => {
    const { id: categoryId } = await amina.sorts()
    const { id } = await amina.spends({ categoryId })
    await amina.delete(`/v1/expenses/${id}`)
    expect((await amina.delete(`/v1/categories/${categoryId}`)).status).toBe(204)
    const { body } = await amina.post(`/v1/expenses/${id}/restore`)
    expect(body).toMatchObject({ id, categoryId: null, uncategorized: true })
    expect(body.budget).toMatchObject([{ target: 'overall' }])
    expect((await amina.post(`/v1/expenses/${id}/restore`)).body).toMatchObject({ uncategorized: true })
    await amina.patch(`/v1/expenses/${id}`, { categoryId: null })
    expect((await amina.post(`/v1/expenses/${id}/restore`)).body).toMatchObject({ uncategorized: false })
  })

  it('gets back one that was deleted twice', async () => {
    const { id: categoryId } = await amina.sorts()
    const { id } = await amina.spends({ categoryId })
    await amina.delete(`/v1/expenses/${id}`)
    await amina.post('/v1/expenses/batch', { delete: [id] })
    expect((await amina.post(`/v1/expenses/${id}/restore`)).body).toMatchObject({ categoryId, uncategorized: false })
  })

  it('gets them back while it is there, be it archived', async () => {
    const { id: categoryId } = await amina.sorts()
    const { id } = await amina.spends({ amount: 100, categoryId })
    await amina.limits(categoryId, { limit: 50, alertPercents: [] })
    await amina.delete(`/v1/expenses/${id}`)
    await amina.patch(`/v1/categories/${categoryId}`, { archived: true })
    const { body } = await amina.post(`/v1/expenses/${id}/restore`)
    expect(body).toMatchObject({ categoryId, uncategorized: false })
    expect(body.budget).toContainEqual({
      target: categoryId,
      name: expect.any(String),
      month: '2026-11',
      limit: 50,
      before: { spent: 0, available: 50, state: 'under' },
      after: { spent: 100, available: -50, percentUsed: 200, state: 'over' },
      crossed: [],
    })
  })
})
