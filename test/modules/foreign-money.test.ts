import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { statements } from '../../src/db/statement.ts'
import { expenses } from '../../src/modules/expenses/table.ts'
import { incomes } from '../../src/modules/incomes/table.ts'
import { users } from '../../src/modules/users/table.ts'
import { type Employee, employee, newId, withoutTag, withoutVerdict } from '../support/api.ts'
import { write } from '../support/database.ts'

describe.each(['expenses', 'incomes'])('one of the %s in another currency', (kind) => {
  const path = `/v1/${kind}`
  let amina: Employee
  beforeAll(async () => {
    amina = await employee({ currency: 'EUR' })
  })

  const ofRate = (exchangeRate: string | null | undefined, change: object = {}) =>
    amina.post(path, { amount: 1000, currency: 'USD', exchangeRate, ...change })

  it.each([
    [1000, 'USD', '0.9', 900],
    [1000, 'JPY', '0.0061', 610],
    [1000, 'KWD', '3.01', 301],
    [5, 'USD', '0.5', 2],
    [15, 'USD', '0.5', 8],
    [25, 'USD', '0.5', 12],
    [1, 'USD', '0.50', 0],
    [1, 'USD', '0.5000000001', 1],
    [1_000_000_000_000, 'USD', '1', 1_000_000_000_000],
    [999_999_999_999, 'USD', '0.9999999999', 999_999_999_899],
    [1, 'KWD', '99999999.9999999999', 10_000_000],
  ])('of %i in %s at %s is %i in EUR', async (amount, currency, exchangeRate, baseAmount) => {
    const answer = await amina.post(path, { amount, currency, exchangeRate })
    if (baseAmount === 0) return expect(answer).toBeFaultAt('/exchangeRate', 'converted_out_of_range')
    expect(answer.body).toMatchObject({ amount, currency, exchangeRate, baseAmount })
    expect((await amina.get(`${path}/${answer.body.id}`)).body).toEqual(withoutVerdict(answer.body))
  })

  it.each([
    ['JPY', 'USD', 1999, '150.5', 3008],
    ['KWD', 'USD', 1999, '0.31', 6197],
  ])('is in minor units of the currency of the user: %s', async (own, currency, amount, exchangeRate, baseAmount) => {
    const bruno = await employee({ currency: own })
    expect((await bruno.post(path, { amount, currency, exchangeRate })).body).toMatchObject({ baseAmount })
  })

  it('needs a rate, and one in the own currency needs none', async () => {
    for (const none of [null, undefined]) expect(await ofRate(none)).toBeFaultAt('/exchangeRate', 'required')
    for (const rate of ['1', '99999999']) {
      const answer = await ofRate(rate, { amount: 1_000_000_000_000, currency: 'EUR' })
      expect(answer).toBeFaultAt('/exchangeRate', 'not_needed')
    }
    expect(await amina.post(path, { amount: 1, exchangeRate: '1' })).toBeFaultAt('/exchangeRate', 'not_needed')
  })

  it.each(['0', '0.0000000000', '-1', '1.', '.5', '1,5', '1e3', '0.12345678901', '123456789', 'one', ''])(
    'refuses the rate "%s"',
    async (rate) => {
      expect(await ofRate(rate)).toBeFaultAt('/exchangeRate', 'invalid_rate')
    },
  )

  it.each([1, true, {}])('refuses the rate %j, which is no text', async (exchangeRate) => {
    const answer = await amina.post(path, { amount: 1, currency: 'USD', exchangeRate })
    expect(answer).toBeFaultAt('/exchangeRate', 'invalid_type')
  })

  it('cannot be too much in the own currency', async () => {
    for (const rate of ['1.0000000001', '99999999']) {
      expect(await ofRate(rate, { amount: 1_000_000_000_000 })).toBeFaultAt('/exchangeRate', 'converted_out_of_range')
    }
  })

  it('is converted anew by a patch, whichever part of it that names', async () => {
    const { body } = await ofRate('0.9')
    const own = `${path}/${body.id}`
    const patched = async (patch: object) => (await amina.patch(own, patch)).body
    expect(await patched({ note: 'x' })).toMatchObject({ baseAmount: 900 })
    expect(await patched({ amount: 2001 })).toMatchObject({ baseAmount: 1801, exchangeRate: '0.9' })
    expect(await patched({ exchangeRate: '2' })).toMatchObject({ baseAmount: 4002 })
    expect(await patched({ currency: 'JPY' })).toMatchObject({ baseAmount: 400_200, currency: 'JPY' })
    expect(await amina.patch(own, { currency: 'EUR' })).toBeFaultAt('/exchangeRate', 'not_needed')
    expect(await amina.patch(own, { exchangeRate: null })).toBeFaultAt('/exchangeRate', 'required')
    expect(await patched({ currency: 'EUR', exchangeRate: null })).toMatchObject({ baseAmount: 2001, currency: 'EUR' })
  })

  it('is put whole: what it is replaced with decides the rate', async () => {
    const own = `${path}/${newId()}`
    const put = async (body: object) => (await amina.put(own, { date: '2026-11-01', ...body })).body
    expect(await put({ amount: 5, currency: 'USD', exchangeRate: '0.5' })).toMatchObject({ baseAmount: 2 })
    expect(await put({ amount: 7 })).toMatchObject({ currency: 'EUR', exchangeRate: null, baseAmount: 7 })
    expect(await put({ amount: 3, currency: 'JPY', exchangeRate: '0.5' })).toMatchObject({ baseAmount: 150 })
    const unrated = await amina.put(own, { amount: 3, currency: 'JPY', date: '2026-11-01' })
    expect(unrated).toBeFaultAt('/exchangeRate', 'required')
    expect((await amina.get(own)).body).toMatchObject({ currency: 'JPY', baseAmount: 150 })
  })

  it('keeps the amount that it was converted to, until a patch names what that depends on', async () => {
    const { body } = await ofRate('0.0085', { amount: 10_000, currency: 'RSD' })
    const table = kind === 'expenses' ? expenses : incomes
    await write(statements.update(table).set({ baseAmount: 8500 }).where(eq(table.id, body.id)))
    const own = `${path}/${body.id}`
    expect((await amina.patch(own, { note: 'by other decimals', date: '2026-11-01' })).body.baseAmount).toBe(8500)
    expect((await amina.patch(own, { exchangeRate: '0.0085' })).body.baseAmount).toBe(85)
  })

  it('stays as it is where its currency is withdrawn, and can still be changed', async () => {
    const { body } = await ofRate('0.9')
    const table = kind === 'expenses' ? expenses : incomes
    await write(statements.update(table).set({ currency: 'HRK' }).where(eq(table.id, body.id)))
    const own = `${path}/${body.id}`
    expect((await amina.get(own)).body).toMatchObject({ currency: 'HRK', baseAmount: 900 })
    expect((await amina.patch(own, { amount: 2000 })).body).toMatchObject({ currency: 'HRK', baseAmount: 1800 })
    expect((await amina.delete(own)).status).toBeLessThan(300)
    expect((await amina.post(`${own}/restore`)).body).toMatchObject({ currency: 'HRK', baseAmount: 1800 })
    expect(await amina.patch(own, { currency: 'HRK' })).toBeFaultAt('/currency', 'unknown_currency')
  })

  it("fixes the user's currency as one in that does", async () => {
    const bruno = await employee()
    await bruno.post(path, { amount: 1, currency: 'EUR', exchangeRate: '1.2' })
    expect(await bruno.patch('/v1/users/me', { currency: 'EUR' })).toBeProblem('currency_in_use')
  })
})

describe('a foreign income', () => {
  const DATE = '2026-11-02'
  const foreign = { amount: 200_000, currency: 'USD', exchangeRate: '0.9', date: DATE, source: 'Client' }

  const monthOf = async (owner: Employee) => {
    const { body } = await owner.get('/v1/months/2026-11')
    return { income: body.income, net: body.net }
  }

  it('counts in its month with what it is worth at home, through every kind of write', async () => {
    const amina = await employee({ currency: 'EUR' })
    await amina.spends({ amount: 30_000, date: DATE })
    await amina.earns({ amount: 1000, date: DATE })
    const { id } = await amina.earns(foreign)
    const own = `/v1/incomes/${id}`
    expect(await monthOf(amina)).toEqual({ income: 181_000, net: 151_000 })
    const tried = await amina.patch(`${own}?dryRun=true`, { exchangeRate: '2' })
    expect(tried.body).toMatchObject({ exchangeRate: '2', baseAmount: 400_000 })
    expect(await monthOf(amina)).toEqual({ income: 181_000, net: 151_000 })
    await amina.patch(own, { exchangeRate: '0.5' })
    expect(await monthOf(amina)).toEqual({ income: 101_000, net: 71_000 })
    await amina.put(own, { ...foreign, amount: 10, date: DATE })
    expect(await monthOf(amina)).toEqual({ income: 1009, net: -28_991 })
    await amina.delete(own)
    expect(await monthOf(amina)).toEqual({ income: 1000, net: -29_000 })
    expect((await amina.post(`${own}/restore`)).body).toMatchObject({ ...foreign, amount: 10, baseAmount: 9 })
    expect(await monthOf(amina)).toEqual({ income: 1009, net: -28_991 })
    await amina.post('/v1/incomes/batch', {
      put: [
        { ...foreign, id },
        { ...foreign, id: newId(), amount: 10 },
      ],
    })
    expect(await monthOf(amina)).toEqual({ income: 181_009, net: 151_009 })
    await amina.patch('/v1/users/me', { monthStartDay: 3 })
    expect(await monthOf(amina)).toEqual({ income: 0, net: 0 })
    expect((await amina.get('/v1/months/2026-10')).body.income).toBe(181_009)
  })

  it('is told in lists, changes and the export as it is', async () => {
    const amina = await employee({ currency: 'EUR' })
    const income = await amina.earns(foreign)
    expect(income).toMatchObject({ ...foreign, baseAmount: 180_000 })
    expect((await amina.get('/v1/incomes')).body.data.map(withoutTag)).toEqual([income])
    const { body } = await amina.get('/v1/changes')
    expect(body.changes).toContainEqual(expect.objectContaining({ type: 'income', data: income }))
    expect((await amina.get('/v1/users/me/export')).body.incomes).toEqual([{ ...income, deletedAt: null }])
  })

  it('is told by a batch, and by its repetition, with what it was converted to', async () => {
    const amina = await employee({ currency: 'EUR' })
    const options = { headers: { 'Idempotency-Key': newId() } }
    const sent = {
      put: [
        { ...foreign, id: newId() },
        { id: newId(), amount: 1, date: DATE },
      ],
    }
    const first = await amina.post('/v1/incomes/batch', sent, options)
    expect(first.body.put).toMatchObject([{ baseAmount: 180_000 }, { exchangeRate: null, baseAmount: 1 }])
    const again = await amina.post('/v1/incomes/batch', sent, options)
    expect([again.headers.get('Idempotency-Replayed'), again.body]).toEqual(['true', first.body])
  })

  it('is bounded in sum by what it is worth at home', async () => {
    const amina = await employee({ currency: 'EUR' })
    const { id } = await amina.earns(foreign)
    await write(statements.update(users).set({ totalEarned: 4_499_999_999_999_999 }).where(eq(users.id, amina.user.id)))
    const tiny = { amount: 1, currency: 'USD', date: DATE }
    expect(await amina.post('/v1/incomes', { ...tiny, exchangeRate: '2' })).toBeFaultAt('/amount', 'total_out_of_range')
    expect((await amina.post('/v1/incomes', { ...tiny, exchangeRate: '0.6' })).status).toBe(201)
    expect(await amina.patch(`/v1/incomes/${id}`, { exchangeRate: '0.91' })).toBeFaultAt(
      '/amount',
      'total_out_of_range',
    )
    expect((await amina.patch(`/v1/incomes/${id}`, { exchangeRate: '0.89' })).status).toBe(200)
  })
})
