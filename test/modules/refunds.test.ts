import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { users } from '../../src/modules/users/table.ts'
import { type Employee, employee, newId } from '../support/api.ts'
import { select, write } from '../support/database.ts'

const date = '2026-11-10'

describe('a refund', () => {
  let amina: Employee
  beforeAll(async () => {
    amina = await employee()
  })

  it('is told apart wherever an expense is shown', async () => {
    const made = await amina.post('/v1/expenses', { amount: 500, date, refund: true })
    expect(made.body).toMatchObject({ amount: 500, baseAmount: 500, refund: true })
    const { id } = made.body
    const plain = await amina.spends()
    expect(plain.refund).toBe(false)
    const path = `/v1/expenses/${id}`
    expect((await amina.get(path)).body).toMatchObject({ refund: true })
    const changed = (await amina.get('/v1/changes?limit=100')).body.changes
    expect(changed).toContainEqual(expect.objectContaining({ id, data: expect.objectContaining({ refund: true }) }))
    const { expenses } = (await amina.get('/v1/users/me/export')).body
    expect(expenses.map((one: { id: string; refund: boolean }) => [one.id, one.refund])).toEqual([
      [id, true],
      [plain.id, false],
    ])
  })

  it('stays one in a patch that does not say so, and is none after a PUT that does not', async () => {
    const { id } = await amina.spends({ refund: true })
    const path = `/v1/expenses/${id}`
    expect((await amina.patch(path, { amount: 7 })).body).toMatchObject({ amount: 7, refund: true })
    expect((await amina.patch(path, { refund: false })).body.refund).toBe(false)
    expect((await amina.patch(path, { refund: true })).body.refund).toBe(true)
    expect((await amina.put(path, { amount: 7, date })).body.refund).toBe(false)
    expect((await amina.put(path, { amount: 7, date, refund: true })).body.refund).toBe(true)
    const put = [
      { id, amount: 7, date },
      { id: newId(), amount: 8, date, refund: true },
    ]
    const { body } = await amina.post('/v1/expenses/batch', { put })
    expect(body.put.map(({ refund }: { refund: boolean }) => refund)).toEqual([false, true])
    expect(await amina.post('/v1/expenses', { amount: 1, refund: null })).toBeFaultAt('/refund', 'invalid_type')
    expect(await amina.post('/v1/expenses', { amount: -1, refund: true })).toBeFaultAt('/amount', 'too_small')
  })

  it('is listed alone or left out, and sought by its amount as it stands', async () => {
    const bruno = await employee()
    const [back, spent] = [await bruno.spends({ amount: 300, refund: true }), await bruno.spends({ amount: 200 })]
    const listed = async (query: string) =>
      (await bruno.get(`/v1/expenses?${query}`)).body.data.map(({ id }: { id: string }) => id)
    expect(await listed('refund=true')).toEqual([back.id])
    expect(await listed('refund=false')).toEqual([spent.id])
    expect(await listed('minAmount=250&maxAmount=300')).toEqual([back.id])
    expect(await listed('sort=-amount')).toEqual([back.id, spent.id])
    expect(await bruno.get('/v1/expenses?refund=1')).toBeFaultAt('/refund', undefined, 'query')
  })

  it('lowers every sum, down to below 0, and takes back what it lowered where it goes', async () => {
    const bruno = await employee({ currency: 'EUR' })
    const { id: target } = await bruno.sorts()
    await bruno.limits(target, { limit: 1000, rollover: 'surplus' })
    await bruno.spends({ amount: 900, date, categoryId: target })
    const foreign = { amount: 2000, currency: 'GBP', exchangeRate: '0.75' }
    const { body } = await bruno.post('/v1/expenses', { ...foreign, refund: true, date, categoryId: target })
    expect(body.budget).toMatchObject([
      { target: 'overall', before: { spent: 900 }, after: { spent: -600 } },
      {
        target,
        before: { spent: 900, available: 100, state: 'alert' },
        after: { spent: -600, available: 1600, percentUsed: -60, state: 'under' },
        crossed: [],
      },
    ])
    const view = (await bruno.get('/v1/months/2026-11')).body
    expect(view).toMatchObject({ spent: -600, net: 600, categories: [{ target, spent: -600, available: 1600 }] })
    expect((await bruno.get('/v1/months/2026-12')).body.categories).toMatchObject([{ target, carriedIn: 1600 }])
    const path = `/v1/expenses/${body.id}`
    expect((await bruno.patch(path, { refund: false })).body.budget[1]).toMatchObject({
      before: { spent: -600 },
      after: { spent: 2400 },
      crossed: [80, 100],
    })
    await bruno.patch(path, { refund: true })
    expect((await bruno.delete(path)).body.budget[1].after.spent).toBe(900)
    expect((await bruno.post(`${path}/restore`)).body.budget[1].after.spent).toBe(-600)
    await bruno.patch('/v1/users/me', { monthStartDay: 5 })
    expect((await bruno.get('/v1/months/2026-11')).body.spent).toBe(-600)
  })

  it('shows a category in whose month there is nothing but refunds', async () => {
    const bruno = await employee()
    const { id: target } = await bruno.sorts()
    await bruno.spends({ amount: 5, refund: true, categoryId: target })
    expect((await bruno.get('/v1/months/2026-11')).body.categories).toMatchObject([{ target, limit: null, spent: -5 }])
  })

  it('makes no room for more: the total that keeps every figure exact is that of all amounts', async () => {
    const bruno = await employee()
    const totalOf = async () => {
      const rows = await select(
        statements.select({ total: users.totalSpent }).from(users).where(eq(users.id, bruno.user.id)),
      )
      return rows[0]?.total
    }
    const { id } = await bruno.spends({ amount: 10 })
    await bruno.spends({ amount: 7, refund: true })
    expect(await totalOf()).toBe(17)
    await bruno.patch(`/v1/expenses/${id}`, { refund: true })
    expect(await totalOf()).toBe(17)
    await bruno.delete(`/v1/expenses/${id}`)
    expect(await totalOf()).toBe(7)
    await write(statements.update(users).set({ totalSpent: 4_500_000_000_000_000 }).where(eq(users.id, bruno.user.id)))
    const refused = await bruno.post('/v1/expenses', { amount: 1, refund: true })
    expect(refused).toBeFaultAt('/amount', 'total_out_of_range')
  })
})
